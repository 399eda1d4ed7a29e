import { WokenWork } from './woken-work.js';

/** Milliseconds between two reports. */
const interval = 2000;

export interface LeasedWork {
  /** Records how many rows are done, of how many, and extends the lease. @returns whether the lease is still that of the work */
  readonly report: (done: number, total: number | null) => Promise<boolean>;
  /** Returns the error that the work ends with when the lease is lost. */
  readonly lost: () => Error;
  /** Notes that a report has failed. */
  readonly failed: (error: unknown) => void;
  /** Ends the work when the server stops. */
  readonly stopping: AbortSignal;
}

/** Reports the progress of work that this replica has leased, and ends the work when the lease is lost or the server stops. */
export class LeasedProgress {
  done = 0;
  /** Null until it is known. */
  total: number | null = null;
  readonly #ended = new AbortController();
  readonly #reports: WokenWork;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly work: LeasedWork) {
    this.#reports = new WokenWork(async () => {
      if (!(await work.report(this.done, this.total))) this.#ended.abort(work.lost());
    }, work.failed);
    this.#timer = setInterval(() => this.#reports.wake(), interval);
  }

  /** @throws {Error} when the work is to end */
  assertHeld(): void {
    this.#ended.signal.throwIfAborted();
    this.work.stopping.throwIfAborted();
  }

  /** Ends the reports, and waits for the one that runs. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#reports.stop();
    await this.#reports.idle();
  }
}
