import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The version with which the present one must work side by side: the last release, or the commit that took its place before the first one. */
const { commit } = JSON.parse(readFileSync('test/cluster/older-version.json', 'utf8')) as { commit: string };

function has(revision: string): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${revision}^{commit}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A shallow clone fetches the commit alone. @throws when it cannot */
function fetchOlderVersion(): void {
  if (!has(commit)) execFileSync('git', ['fetch', '--quiet', '--depth=1', 'origin', commit], { stdio: 'ignore', timeout: 60_000 });
}

export interface Checkout {
  readonly folder: string;
  remove(): Promise<void>;
}

/** The version of each package that a checkout has locked. */
async function lockedPackages(folder: string): Promise<Map<string, string>> {
  const { packages } = JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
  return new Map(Object.entries(packages).map(([name, { version }]) => [name, version]));
}

/** Builds the older version in a folder of its own. @returns why it cannot be built here, as text: its commit or its packages cannot be fetched */
export async function buildOlderVersion(): Promise<Checkout | string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-older-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    fetchOlderVersion();
    await unpack(folder);
    await addPackages(folder);
  } catch (error) {
    await remove();
    return `the commit ${commit} of test/cluster/older-version.json, or its packages, cannot be fetched: ${(error as Error).message.split('\n')[0]}`;
  }
  // Its own tests have checked its types.
  await run('npm', ['run', '--silent', 'build', '--', '--noCheck'], { cwd: folder });
  return { folder, remove };
}

async function unpack(folder: string): Promise<void> {
  const archive = path.join(folder, 'archive.tar');
  await run('git', ['archive', '--output', archive, commit]);
  await run('tar', ['xf', archive, '-C', folder]);
  await rm(archive);
}

/** Uses the packages of this checkout when these include all that are locked, in the same versions. */
async function addPackages(folder: string): Promise<void> {
  const [older, present] = await Promise.all([lockedPackages(folder), lockedPackages('.')]);
  if ([...older].every(([name, version]) => name === '' || present.get(name) === version)) await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  else await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, timeout: 300_000 });
}
