import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { WokenWork } from '../../common/woken-work.js';
import { AppConfig } from '../../config/app-config.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { SinkDestinations, type SinkDestination } from './sink-destinations.js';
import { SinkMetricsService } from './sink-metrics.service.js';
import { extendLease, leaseSink, noteFailure, noteReceived, readBatch, registerSink, releaseSink } from './sink-stream.queries.js';

/** Milliseconds between two looks. */
const pollInterval = 1000;
/** Milliseconds for which a sink is leased, and after which the lease is extended. */
const [leaseTime, renewal] = [60_000, 20_000];

/** Milliseconds until the next attempt after failures: 2 seconds, then twice as long each time, at most five minutes. */
const pauseAfter = (failures: number): number => Math.min(300_000, 1000 * 2 ** Math.min(failures, 12));

/**
 * Sends the events and the audit events of all organizations to the sinks of the operator. One replica at a time sends to a sink; what a sink has received is noted
 * afterwards, so that it gets everything at least once. No transaction is open meanwhile.
 */
@Injectable()
export class SendToSinksWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(SendToSinksWorker.name);
  readonly #stop = new AbortController();
  readonly #works: readonly WokenWork[];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: PlatformPool,
    private readonly metrics: SinkMetricsService,
    private readonly config: AppConfig,
    destinations: SinkDestinations,
  ) {
    this.#works = destinations.all.map(
      (destination) =>
        new WokenWork(
          () => this.#look(destination),
          (error) => this.#logger.warn({ err: error, sink: destination.name }, 'the events for a sink could not be read; retrying'),
        ),
    );
  }

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled || this.#works.length === 0) return;
    this.#timer = setInterval(() => this.#wake(), pollInterval);
    this.#wake();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
    for (const work of this.#works) work.stop();
    this.#stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#works.map((work) => work.idle()));
  }

  #wake(): void {
    for (const work of this.#works) work.wake();
  }

  async #look(destination: SinkDestination): Promise<void> {
    const { name } = destination;
    await registerSink(this.pool, name);
    const lease = await leaseSink(this.pool, name, leaseTime);
    if (lease === undefined) return;
    const timer = setInterval(
      () =>
        void extendLease(this.pool, name, lease, leaseTime).catch((error: unknown) => this.#logger.warn({ err: error, sink: name }, 'the lease of a sink could not be extended')),
      renewal,
    );
    try {
      while (!this.#stop.signal.aborted && (await this.#sendBatch(destination, lease)));
      await releaseSink(this.pool, name, lease);
    } catch (error) {
      if (this.#stop.signal.aborted) await releaseSink(this.pool, name, lease);
      else {
        this.metrics.countFailure(name);
        this.#logger.warn({ err: error, sink: name }, 'events could not be sent to a sink; they wait for the next attempt');
        await noteFailure(this.pool, name, lease, reasonOf(error), pauseAfter);
      }
    } finally {
      clearInterval(timer);
    }
  }

  /** @returns whether more waits */
  async #sendBatch(destination: SinkDestination, lease: string): Promise<boolean> {
    const { name, gathering } = destination;
    const batch = await readBatch(this.pool, name);
    if (batch === undefined || (!batch.more && batch.age < gathering)) return false;
    if (batch.lines.length > 0) await destination.send(`${batch.lines.join('\n')}\n`, this.#stop.signal);
    if (!(await noteReceived(this.pool, name, lease, batch.done))) return false;
    this.metrics.countSent(name, batch.counts);
    return batch.more;
  }
}

/** `fetch` hides the reason in the cause of its error. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}
