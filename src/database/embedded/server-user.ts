import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { DatabaseSetUpError } from '../database-set-up.error.js';

/** The operating-system user that PostgreSQL runs as; undefined for the user of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

export interface CommandResult {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Fixed, so that no secret and no PG… variable of this process reaches the server. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
const userName = 'postgres';

/** Returns the user `postgres` when this process runs as root, because PostgreSQL refuses to run as root; else undefined. */
function findServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, userName], { encoding: 'utf8' }).stdout));
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
}

/** Like {@link findServerUser}, but creates the user. @throws {DatabaseSetUpError} when the user cannot be created */
export function ensureServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  const user = findServerUser() ?? createServerUser();
  if (user === undefined)
    throw new DatabaseSetUpError('PostgreSQL does not run as root, and the user "postgres" could not be created. Create it, run as another user, or set DATABASE_URL.');
  return user;
}

/** Creates the user with useradd (most systems) or BusyBox's adduser. */
function createServerUser(): ServerUser {
  for (const [command, ...args] of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName],
    ['adduser', '-S', '-D', '-H', userName],
  ]) {
    try {
      execFileSync(command as string, args, { stdio: 'ignore' });
      return findServerUser();
    } catch {
      // the next command
    }
  }
  return undefined;
}

/** Runs a program as the server's user. Does not throw when the program fails. @param cwd a folder that the user can enter */
export async function runAs(user: ServerUser, program: string, args: readonly string[], cwd = '/'): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(program, args, { ...user, cwd, env: environment, encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: `${stdout}${stderr}${error !== null && typeof error.code !== 'number' ? error.message : ''}`.trim() });
    });
  });
}

/** Whether the server's user can enter a folder. The system decides, because it depends on every folder above. */
export function canEnter(user: ServerUser, folder: string): boolean {
  if (user === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', env: environment, stdio: 'ignore' }).status === 0;
}
