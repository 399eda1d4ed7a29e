import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { isAlive, startOf } from './process-identity.js';

interface Holder {
  readonly pid: number;
  readonly started: string;
}

/** Lets one process at a time manage the server in a home. */
export class ServerLock {
  readonly #file: string;

  constructor(home: string) {
    this.#file = path.join(home, 'lock.json');
  }

  /** @throws {DatabaseSetUpError} when a living process has the lock; the message names it */
  acquire(): void {
    const own = `${this.#file}.${process.pid}`;
    writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder));
    try {
      while (!this.#link(own)) this.#removeStale();
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }

  /** Links a complete file, which is atomic: there is never a lock without its holder. */
  #link(own: string): boolean {
    try {
      linkSync(own, this.#file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    }
  }

  #removeStale(): void {
    const holder = this.#read(this.#file);
    if (holder !== undefined && isAlive(holder.pid) && startOf(holder.pid) === holder.started) {
      throw new DatabaseSetUpError(`Process ${holder.pid} uses the embedded database of this folder. Stop that process, or set another DATA_DIR and PORT to run a second server.`);
    }
    const stale = `${this.#file}.stale-${process.pid}`;
    try {
      renameSync(this.#file, stale); // succeeds for only one of several processes
    } catch {
      return;
    }
    const taken = this.#read(stale);
    if (taken?.pid !== holder?.pid || taken?.started !== holder?.started) this.#link(stale); // another process had acquired the lock meanwhile: restore it
    rmSync(stale, { force: true });
  }

  #read(file: string): Holder | undefined {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Holder;
    } catch {
      return undefined;
    }
  }
}
