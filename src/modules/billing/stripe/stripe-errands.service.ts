import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Queue } from '../../../jobs/queue.service.js';
import { StripeClient } from './stripe-client.service.js';
import { sweepQueue, type EventJob } from './stripe-events.service.js';

export interface Errand {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
}

/** Puts what a job wants of Stripe into the inbox, on the job's own transaction; the queue does it when that has committed. */
@Injectable()
export class StripeErrands {
  constructor(
    private readonly client: StripeClient,
    private readonly queue: Queue,
  ) {}

  /** @returns how many were sent: none while somebody else collects */
  async send(tx: PlatformTransaction, { id, type, objectId }: Errand): Promise<number> {
    if (this.client.settings === undefined) return 0;
    const where = { provider_id: { provider: 'stripe', id } };
    const anew = { handledAt: null, lastError: null };
    await tx.providerEvent.upsert({ where, create: { provider: 'stripe', id, type, objectId }, update: anew });
    // oxlint-disable-next-line no-restricted-properties -- the text is pg-boss's own, with its values beside it
    const runner = { executeSql: async (sql: string, values: unknown[]) => ({ rows: await tx.$queryRawUnsafe<unknown[]>(sql, ...values) }) };
    await this.queue.sendWithin(runner, [{ name: sweepQueue, payload: { id } satisfies EventJob }]);
    return 1;
  }
}
