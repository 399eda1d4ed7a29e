import { OrganizationBusyError } from './tenant-errors.js';

interface Waiting {
  readonly begin: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets the writes that take the lock of an organization begin one after another. A write that waits for the lock in the database
 * occupies a connection meanwhile: a few dozen writes of one organization would leave none to the others.
 */
export class OrganizationLine {
  /** Those who wait, for each organization with a running write. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** @param patience the milliseconds after which a write gives up */
  constructor(private readonly patience: number) {}

  /** @throws {OrganizationBusyError} when it is not its turn in time; `work` was not called */
  async run<Result>(organizationId: string, work: () => PromiseLike<Result>): Promise<Result> {
    await this.#enter(organizationId);
    try {
      return await work();
    } finally {
      this.#leave(organizationId);
    }
  }

  #enter(organizationId: string): Promise<void> | undefined {
    const line = this.#waiting.get(organizationId);
    if (line === undefined) return void this.#waiting.set(organizationId, []);
    return new Promise((begin, reject) => {
      const giveUp = (): void => {
        line.splice(line.indexOf(waiting), 1);
        reject(new OrganizationBusyError());
      };
      const waiting = { begin, timer: setTimeout(giveUp, this.patience) };
      line.push(waiting);
    });
  }

  #leave(organizationId: string): void {
    const next = this.#waiting.get(organizationId)?.shift();
    if (next === undefined) return void this.#waiting.delete(organizationId);
    clearTimeout(next.timer);
    next.begin();
  }
}
