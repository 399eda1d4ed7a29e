import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { canEnter, type ServerUser } from './server-user.js';

/** The folder of homes when the server's user cannot enter the data folder, e.g. of a project under /root. */
const fallbackFolder = '/var/lib/tenantry';

/** Returns the folder of the embedded server: `<dataDir>/postgres`, or one elsewhere if the server's user cannot enter it. */
export function homeOf(dataDir: string, user: ServerUser): string {
  const preferred = path.resolve(dataDir, 'postgres');
  if (canEnter(user, nearestExisting(preferred))) return preferred;
  return path.join(fallbackFolder, createHash('sha256').update(preferred).digest('hex').slice(0, 12));
}

/** Creates the home if it is missing, and returns it. Existing folders keep their modes. */
export function makeHome(dataDir: string, user: ServerUser): string {
  const home = homeOf(dataDir, user);
  makeFolder(home, user);
  if (canEnter(user, home)) return home;
  const other = homeOf(dataDir, user); // a new folder above it may be closed (umask 077)
  makeFolder(other, user);
  return other;
}

function makeFolder(folder: string, user: ServerUser): void {
  if (existsSync(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

function nearestExisting(folder: string): string {
  let current = folder;
  while (!existsSync(current)) current = path.dirname(current);
  return current;
}
