import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import type { CountedRequests } from './request-account.js';

/** A request that was answered. */
export interface LoggedRequest {
  readonly id: string;
  readonly organizationId: string;
  readonly at: Date;
  readonly method: string;
  /** The route's template. */
  readonly endpoint: string;
  readonly status: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tokens: number;
  readonly userId: string | undefined;
  readonly apiKeyId: string | undefined;
  readonly requestId: string;
}

/** Writes what replicas have noted of requests, of all organizations in one statement; off the request's path, as nobody's request. */
@Injectable()
export class RequestBatchesService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  /** Writes requests, each once by its id. */
  async log(requests: readonly LoggedRequest[]): Promise<void> {
    await this.#call('log_requests', [
      requests.map(({ organizationId }) => organizationId),
      requests.map(({ id }) => id),
      requests.map(({ at }) => at),
      requests.map(({ method }) => method),
      requests.map(({ endpoint }) => endpoint),
      requests.map(({ status }) => status),
      requests.map(({ duration }) => duration),
      requests.map(({ tokens }) => tokens),
      requests.map(({ userId }) => userId),
      requests.map(({ apiKeyId }) => apiKeyId),
      requests.map(({ requestId }) => requestId),
    ]);
  }

  /** Writes what was counted, once by the batch's id. */
  async settle(meter: string, batch: string, counted: readonly CountedRequests[], at: Date): Promise<void> {
    const days = counted.flatMap((of) => of.days.map((day) => ({ ...day, organizationId: of.organizationId })));
    await this.#call('settle', [
      batch,
      meter,
      at,
      counted.map(({ organizationId }) => organizationId),
      counted.map(({ start }) => start),
      counted.map(({ end }) => end),
      counted.map(({ allowance }) => allowance),
      counted.map(({ ofLots }) => ofLots),
      counted.map(({ spent }) => spent),
      counted.map(({ unspent }) => unspent),
      days.map(({ organizationId }) => organizationId),
      days.map(({ day }) => day),
      days.map(({ reporter }) => reporter),
      days.map(({ quantity }) => quantity),
    ]);
  }

  async #call(name: string, values: readonly unknown[]): Promise<void> {
    const text = `select usage.${name}(${values.map((_, index) => `$${index + 1}`).join(', ')})`;
    await this.context.runAsPlatform('usage of requests', () => this.platform.query(text, [...values]), { kind: 'job', name: 'usage' });
  }
}
