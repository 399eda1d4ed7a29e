import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext, type Actor } from '../../../tenancy/tenant-context.js';
import * as usage from '../usage.functions.js';
import type { CountedRequests } from './request-account.js';

const job: Actor = { kind: 'job', name: 'usage' };

/** An answered request. */
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

/** Writes the requests that this replica logged and counted, and those that callers report, of all organizations in one statement. */
@Injectable()
export class RequestBatchesService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  /** Writes requests, each once by its id. */
  async log(requests: readonly LoggedRequest[]): Promise<void> {
    await this.#call(logCall(requests), job);
  }

  /** Writes requests as the actor of the current request, and returns what became of them. */
  async logForCaller(requests: readonly LoggedRequest[]): Promise<usage.LogRequestsRow> {
    const [row] = await this.#call(logCall(requests));
    return row as usage.LogRequestsRow;
  }

  /** Writes the requests that a replica counted, once by the batch's id. */
  async settle(meter: string, batch: string, counted: readonly CountedRequests[], at: Date): Promise<void> {
    const days = counted.flatMap((of) => of.days.map((day) => ({ ...day, organizationId: of.organizationId })));
    await this.#call(
      usage.settle({
        batch,
        ofMeter: meter,
        at,
        organizations: counted.map(({ organizationId }) => organizationId),
        starts: counted.map(({ start }) => start),
        ends: counted.map(({ end }) => end),
        allowances: counted.map(({ allowance }) => allowance),
        ofLots: counted.map(({ ofLots }) => ofLots),
        spent: counted.map(({ spent }) => spent),
        unspent: counted.map(({ unspent }) => unspent),
        dayOrganizations: days.map(({ organizationId }) => organizationId),
        days: days.map(({ day }) => day),
        reporters: days.map(({ reporter }) => reporter),
        quantities: days.map(({ quantity }) => quantity),
      }),
      job,
    );
  }

  /** @param actor that of the current request when left out */
  async #call<Row extends object>({ text, values }: usage.SqlCall<Row>, actor?: Actor): Promise<Row[]> {
    const { rows } = await this.context.runAsPlatform('usage of requests', () => this.platform.query<Row>(text, [...values]), actor);
    return rows;
  }
}

function logCall(requests: readonly LoggedRequest[]): usage.SqlCall<usage.LogRequestsRow> {
  return usage.logRequests({
    organizations: requests.map(({ organizationId }) => organizationId),
    ids: requests.map(({ id }) => id),
    times: requests.map(({ at }) => at),
    methods: requests.map(({ method }) => method),
    endpoints: requests.map(({ endpoint }) => endpoint),
    statuses: requests.map(({ status }) => status),
    durations: requests.map(({ duration }) => duration),
    tokens: requests.map(({ tokens }) => tokens),
    users: requests.map(({ userId }) => userId),
    apiKeys: requests.map(({ apiKeyId }) => apiKeyId),
    requests: requests.map(({ requestId }) => requestId),
  });
}
