import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { EnvError } from './env.js';

/**
 * Creates the data folder if it is missing.
 *
 * @throws {EnvError} when it is not a folder, or this user may not write in it
 */
export function makeDataDir(dataDir: string): void {
  const folder = path.resolve(dataDir);
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new EnvError(`The data folder ${folder} cannot be used: ${reasonOf(error)}. Set DATA_DIR to a folder in which this user may write.`);
  }
}

/** Creates a folder and those above it. The recursive mkdir of Node.js does not return where the system refuses a new folder with ENOENT, as in /proc. */
function makeFolders(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new NotAFolder(folder);
  makeFolders(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process has created it meanwhile
  }
}

/** The message is the path of what is not a folder. */
class NotAFolder extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof NotAFolder) return `${error.message} is a file`;
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTDIR: 'a part of the path is a file',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOENT: 'the system allows no folder there',
  };
  return reasons[code ?? ''] ?? message;
}
