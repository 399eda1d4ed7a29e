import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { TenantContext, type Tenant } from '../../../tenancy/tenant-context.js';
import { maxUnits } from '../metering/units.js';
import { RequestBatchesService, type LoggedRequest } from './request-batches.service.js';

const flushEvery = 1_000;
/** So many are written at once, without waiting for the second to end. */
const fullBatch = 500;
/** In one statement, after the database was away. */
const mostAtOnce = 5_000;
/** In memory, while it is away. Then the oldest go, a thousand at a time. */
const mostKept = 50_000;
const droppedAtOnce = 1_000;

/**
 * Notes the requests of organizations. Off the request's path: in memory, written every second or 500 requests in one
 * statement for all organizations, and when the server stops.
 */
@Injectable()
export class RequestLogService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(RequestLogService.name);
  readonly #tokens = new WeakMap<Tenant, number>();
  #kept: LoggedRequest[] = [];
  #writing: Promise<boolean> | undefined;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: TenantContext,
    private readonly batches: RequestBatchesService,
    private readonly clock: Clock,
  ) {}

  /** Requests that could not be written in time, and are forgotten. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Requests that are not written yet. */
  get waiting(): number {
    return this.#kept.length;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), flushEvery);
    this.#timer.unref();
  }

  /** Once for what is being written at this moment, once for what came meanwhile. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    if (!(await this.flush())) this.#logger.error({ lost: this.#kept.length }, 'requests could not be written to the log before the end');
  }

  /** Adds tokens (of a language model, say) to the entry of the request that is being answered. */
  addTokens(quantity: number): void {
    const { tenant } = this.context;
    this.#tokens.set(tenant, (this.#tokens.get(tenant) ?? 0) + quantity);
  }

  /** @param tenant of the request; what {@link addTokens} has noted in it is added */
  logRequest(tenant: Tenant, { tokens, ...request }: Omit<LoggedRequest, 'id' | 'at' | 'organizationId'>): void {
    const at = this.clock.now();
    const all = Math.min(maxUnits, Math.max(0, Math.round(tokens + (this.#tokens.get(tenant) ?? 0))));
    this.#kept.push({ ...request, tokens: all, id: timeOrderedId(at), at, organizationId: tenant.organizationId });
    if (this.#kept.length > mostKept) this.#drop();
    if (this.#kept.length === fullBatch) void this.flush();
  }

  /** Writes what was noted; tells whether it is written. What cannot be written now is written with the next. */
  flush(): Promise<boolean> {
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #write(): Promise<boolean> {
    while (this.#kept.length > 0) {
      const batch = this.#kept.splice(0, mostAtOnce);
      try {
        await this.batches.log(batch);
      } catch (error) {
        this.#kept = [...batch, ...this.#kept];
        this.#logger.warn({ err: error, waiting: this.#kept.length }, 'requests could not be written to the log; trying again');
        if (this.#kept.length > mostKept) this.#drop();
        return false;
      }
    }
    return true;
  }

  #drop(): void {
    const dropped = this.#kept.splice(0, this.#kept.length - mostKept + droppedAtOnce).length;
    this.#dropped += dropped;
    this.#logger.error({ dropped, droppedSinceStart: this.#dropped }, 'requests were dropped from the log: the database did not take them in time');
  }
}
