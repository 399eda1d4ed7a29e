import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { canEnter, type ServerUser } from './server-user.js';

/** The folder of homes when the server's user cannot enter the data folder, e.g. of a project under /root. */
const fallbackFolder = '/var/lib/tenantry';

/**
 * Returns the folder of the embedded server: `<dataDir>/postgres`, or where it leads to. It is a link if the server's user cannot enter the data folder, so
 * that the data goes with its folder: a new data folder, or one that was deleted, begins with an empty database.
 */
export function homeOf(dataDir: string): string {
  const home = path.resolve(dataDir, 'postgres');
  return lstatSync(home, { throwIfNoEntry: false })?.isSymbolicLink() === true ? path.resolve(path.dirname(home), readlinkSync(home)) : home;
}

/** Creates the home if it is missing, and returns it. Existing folders keep their modes. @throws {DatabaseSetUpError} when the server's user cannot enter an existing one */
export function makeHome(dataDir: string, user: ServerUser): string {
  const home = homeOf(dataDir);
  const isNew = !existsSync(home);
  makeFolder(home, user);
  if (canEnter(user, home)) return home;
  if (!isNew) throw new DatabaseSetUpError(`The user "postgres", as whom the database runs, cannot enter ${home}. Let it enter all folders above (chmod o+x), or set DATA_DIR.`);
  rmdirSync(home);
  const other = path.join(fallbackFolder, randomBytes(6).toString('hex'));
  // A project that was started before the link existed keeps its data.
  const former = path.join(fallbackFolder, createHash('sha256').update(home).digest('hex').slice(0, 12));
  if (existsSync(former)) renameSync(former, other);
  else makeFolder(other, user);
  symlinkSync(other, home);
  return other;
}

function makeFolder(folder: string, user: ServerUser): void {
  if (existsSync(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}
