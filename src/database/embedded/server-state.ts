import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The state in a home: the passwords of the roles, and the last port. */
export interface ServerState {
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  readonly platformPassword: string;
}

const fileIn = (home: string): string => path.join(home, 'state.json');
const newPassword = (): string => randomBytes(24).toString('base64url');

/** Reads the state. @returns undefined when the file does not exist or cannot be read */
export function readState(home: string): ServerState | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(home), 'utf8')) as ServerState;
  } catch {
    return undefined;
  }
}

/** Returns a state with new passwords of 192 random bits each, and no port. */
export function newState(): ServerState {
  return { port: 0, superuserPassword: newPassword(), ownerPassword: newPassword(), appPassword: newPassword(), platformPassword: newPassword() };
}

/** Replaces the file atomically, so that a crash leaves the old or the new one. Only its owner can read it. */
export function writeState(home: string, state: ServerState): void {
  const half = `${fileIn(home)}.${process.pid}`;
  writeFileSync(half, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(half, fileIn(home));
}
