import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the home remembers: the passwords of its roles, and the port that it used last. */
export interface ServerState {
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  readonly platformPassword: string;
}

const fileIn = (home: string): string => path.join(home, 'state.json');
const newPassword = (): string => randomBytes(24).toString('base64url');

/** @returns undefined when there is none yet, or it is not ours to read */
export function readState(home: string): ServerState | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(home), 'utf8')) as ServerState;
  } catch {
    return undefined;
  }
}

/** New passwords, each 192 random bits; no port yet. */
export function newState(): ServerState {
  return { port: 0, superuserPassword: newPassword(), ownerPassword: newPassword(), appPassword: newPassword(), platformPassword: newPassword() };
}

/** Replaces the file at once, so that a crash leaves the old or the new one. Only its owner may read it. */
export function writeState(home: string, state: ServerState): void {
  const half = `${fileIn(home)}.${process.pid}`;
  writeFileSync(half, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(half, fileIn(home));
}
