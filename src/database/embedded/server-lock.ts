import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { isAlive, startOf } from './process-identity.js';

interface Holder {
  readonly pid: number;
  readonly started: string;
}

/** Makes sure that one process at a time manages the server in a home. */
export class ServerLock {
  readonly #file: string;

  constructor(home: string) {
    this.#file = path.join(home, 'lock.json');
  }

  /** @throws {DatabaseSetUpError} naming the process that holds it, when that lives */
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

  /** Linking a complete file is atomic: nobody ever sees a lock without its holder. */
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
      throw new DatabaseSetUpError(
        `The embedded database of this folder is in use by process ${holder.pid}. Stop that process first, or set another DATA_DIR (and PORT) for a second one.`,
      );
    }
    const stale = `${this.#file}.stale-${process.pid}`;
    try {
      renameSync(this.#file, stale); // only one of several starters gets it
    } catch {
      return;
    }
    const taken = this.#read(stale);
    if (taken?.pid !== holder?.pid || taken?.started !== holder?.started) this.#link(stale); // another was quicker: give it back
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
