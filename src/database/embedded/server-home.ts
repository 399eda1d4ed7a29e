import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { canEnter, type ServerUser } from './server-user.js';

/** Where homes are when the server's user cannot enter the data folder (a project under /root, say). */
const elsewhere = '/var/lib/tenantry';

/** The folder of the embedded server: `<dataDir>/postgres`, or one elsewhere if the server's user cannot get there. */
export function homeOf(dataDir: string, user: ServerUser): string {
  const wished = path.resolve(dataDir, 'postgres');
  if (canEnter(user, nearestExisting(wished))) return wished;
  return path.join(elsewhere, createHash('sha256').update(wished).digest('hex').slice(0, 12));
}

/** Makes the home if it is missing, and returns where it is. Folders that were there keep their modes. */
export function makeHome(dataDir: string, user: ServerUser): string {
  const home = homeOf(dataDir, user);
  makeFolder(home, user);
  if (canEnter(user, home)) return home;
  const other = homeOf(dataDir, user); // a new folder above it came out closed (umask 077)
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
