import { Piscina } from 'piscina';

export interface BackgroundThreadOptions {
  /** The module whose default export does the work. */
  readonly filename: URL;
  /** Milliseconds of one piece of work with its wait in the queue. The caller waits for both. */
  readonly patience: number;
  readonly maxWaiting: number;
}

/** Thrown when work was not done in time. */
export class BackgroundTimeoutError extends Error {}

/**
 * Does work that takes long in a thread of its own, one piece at a time and with a lower priority: other requests do not wait for it. The
 * thread starts with the first piece and ends after a while without one.
 */
export class BackgroundThread<Input, Output> {
  readonly #threads: Piscina<Input, Output>;

  constructor(private readonly options: BackgroundThreadOptions) {
    this.#threads = new Piscina({
      filename: options.filename.href,
      minThreads: 0,
      maxThreads: 1,
      maxQueue: options.maxWaiting,
      idleTimeout: 60_000,
      niceIncrement: 5,
      recordTiming: false, // two histograms of 360 kB
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
  }

  /** Whether as many pieces of work wait as may. */
  get isFull(): boolean {
    return this.#threads.queueSize >= this.options.maxWaiting;
  }

  /** @throws {BackgroundTimeoutError} */
  async run(input: Input): Promise<Output> {
    const timeout = AbortSignal.timeout(this.options.patience);
    try {
      return await this.#threads.run(input, { signal: timeout });
    } catch (error) {
      throw timeout.aborted ? new BackgroundTimeoutError() : error;
    }
  }

  async end(): Promise<void> {
    await this.#threads.destroy();
  }
}
