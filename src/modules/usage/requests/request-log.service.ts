import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BufferedWriter } from '../../../common/buffered-writer.js';
import { Clock } from '../../../common/clock.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { TenantContext, type Tenant } from '../../../tenancy/tenant-context.js';
import { maxUnits } from '../metering/units.js';
import { RequestBatchesService, type LoggedRequest } from './request-batches.service.js';

/**
 * Writes the request log. Entries wait in memory and are written every second, or when 500 wait, in one statement for
 * all organizations; the rest is written when the server stops. While the database is unavailable 50,000 entries are
 * kept; beyond that the oldest are dropped.
 */
@Injectable()
export class RequestLogService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(RequestLogService.name);
  readonly #tokens = new WeakMap<Tenant, number>();
  readonly #writer: BufferedWriter<LoggedRequest>;
  #dropped = 0;

  constructor(
    private readonly context: TenantContext,
    batches: RequestBatchesService,
    private readonly clock: Clock,
  ) {
    this.#writer = new BufferedWriter({
      write: (requests) => batches.log(requests),
      flushEvery: 1_000,
      flushAt: 500,
      maxBatch: 5_000,
      maxWaiting: 50_000,
      drop: 'oldest',
      dropBatch: 1_001, // leaves 49,000 entries
      onError: (error, waiting) => this.#logger.warn({ err: error, waiting }, 'could not write to the request log; trying again'),
      onDrop: (requests) => this.#countDropped(requests.length),
    });
  }

  /** The number of requests that were dropped because they could not be written in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The number of requests that are not written yet. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  onApplicationBootstrap(): void {
    this.#writer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    if (!(await this.#writer.stop())) this.#logger.error({ lost: this.waiting }, 'could not write to the request log before shutdown; entries are lost');
  }

  /** Adds tokens (for example of a language model) to the log entry of the current request. */
  addTokens(quantity: number): void {
    const { tenant } = this.context;
    this.#tokens.set(tenant, (this.#tokens.get(tenant) ?? 0) + quantity);
  }

  /**
   * Adds a request to the log.
   *
   * @param tenant the tenant of the request; tokens that {@link addTokens} has added to it are included
   */
  logRequest(tenant: Tenant, { tokens, ...request }: Omit<LoggedRequest, 'id' | 'at' | 'organizationId'>): void {
    const at = this.clock.now();
    const id = timeOrderedId(at);
    const total = Math.min(maxUnits, Math.max(0, Math.round(tokens + (this.#tokens.get(tenant) ?? 0))));
    this.#writer.add(id, { ...request, tokens: total, id, at, organizationId: tenant.organizationId });
  }

  /** Writes the requests that wait. Returns false when they could not be written; they are then tried again. */
  flush(): Promise<boolean> {
    return this.#writer.flush();
  }

  #countDropped(dropped: number): void {
    this.#dropped += dropped;
    this.#logger.error({ dropped, droppedSinceStart: this.#dropped }, 'dropped requests from the request log: the database did not accept them in time');
  }
}
