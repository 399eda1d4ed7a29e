import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import { QueueService } from '../../../../jobs/queue.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { eventQueue, sweepQueue, type EventJob } from './stripe-events.service.js';

/** The queue's last try is about four hours after its first. */
const givenUpAfter = 6 * 3600 * 1000;
const keptFor = 90 * 24 * 3600 * 1000;

/** Of a customer whose organization was erased: unlike other errands, no later one makes up for it. */
export const erasureEvent = 'tenantry.erased';

export interface Errand {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
}

/** Puts what a job wants of Stripe into the inbox, on the job's own transaction; the queue does it when that has committed. */
@Injectable()
export class StripeTasksService {
  constructor(
    private readonly client: StripeClientService,
    private readonly queue: QueueService,
  ) {}

  /** @returns how many were sent: none while somebody else collects */
  async send(tx: PlatformTransaction, errand: Errand): Promise<number> {
    if (this.client.settings === undefined) return 0;
    await this.#note(tx, errand);
    await this.#queue(tx, sweepQueue, [errand.id]);
    return 1;
  }

  /** What a customer pays that is erased here ends; while somebody else collects, in the first night in which Stripe is set again. */
  async endOf(tx: PlatformTransaction, customerId: string): Promise<void> {
    const errand = { id: `erased:${customerId}`, type: erasureEvent, objectId: customerId };
    if ((await this.send(tx, errand)) === 0) await this.#note(tx, errand);
  }

  /** Sends again what failed in all its tries. @returns how many */
  async sendAgain(tx: PlatformTransaction, now: Date): Promise<number> {
    if (this.client.settings === undefined) return 0;
    const kinds = { OR: [{ type: erasureEvent }, { NOT: { type: { startsWith: 'tenantry.' } } }] };
    const where = { provider: 'stripe', handledAt: null, receivedAt: { lt: new Date(now.getTime() - givenUpAfter) }, ...kinds };
    const rows = await tx.providerEvent.findMany({ where, select: { id: true }, orderBy: { receivedAt: 'asc' }, take: 1000 });
    await this.#queue(
      tx,
      eventQueue,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }

  /** Forgets what was handled so long ago that Stripe does not send it again. @returns how many */
  async purge(tx: PlatformTransaction, now: Date): Promise<number> {
    return (await tx.providerEvent.deleteMany({ where: { handledAt: { lt: new Date(now.getTime() - keptFor) } } })).count;
  }

  async #note(tx: PlatformTransaction, { id, type, objectId }: Errand): Promise<void> {
    const where = { provider_id: { provider: 'stripe', id } };
    const anew = { handledAt: null, lastError: null };
    await tx.providerEvent.upsert({ where, create: { provider: 'stripe', id, type, objectId }, update: anew });
  }

  async #queue(tx: PlatformTransaction, name: string, ids: readonly string[]): Promise<void> {
    // oxlint-disable-next-line no-restricted-properties -- the text is pg-boss's own, with its values beside it
    const runner = { executeSql: async (sql: string, values: unknown[]) => ({ rows: await tx.$queryRawUnsafe<unknown[]>(sql, ...values) }) };
    await this.queue.sendWithin(
      runner,
      ids.map((id) => ({ name, payload: { id } satisfies EventJob })),
    );
  }
}
