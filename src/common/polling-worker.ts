import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { WokenWork } from './woken-work.js';

/** Looks for work at the start and at an interval, one look at a time, until the server stops. The stop waits for the look that runs. */
export abstract class PollingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #stop = new AbortController();
  readonly #looks = new WokenWork(
    () => this.look(),
    (error) => this.failed(error),
  );
  #timer: NodeJS.Timeout | undefined;

  /** @param options.interval milliseconds between two looks @param options.enabled whether this replica looks at all */
  protected constructor(private readonly options: { readonly interval: number; readonly enabled: boolean }) {}

  onApplicationBootstrap(): void {
    if (!this.options.enabled) return;
    this.#timer = setInterval(() => this.lookAgain(), this.options.interval);
    this.lookAgain();
  }

  beforeApplicationShutdown(): void {
    this.#looks.stop();
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.idle();
  }

  /** Looks at once, or after the look that runs. */
  lookAgain(): void {
    this.#looks.wake();
  }

  /** Aborted when the server stops. */
  protected get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  protected abstract look(): Promise<void>;

  /** Notes that a look has failed. The next one comes at its time. */
  protected abstract failed(error: unknown): void;
}
