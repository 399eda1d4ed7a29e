import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import { QueueService } from '../../../../jobs/queue.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { eventQueue, taskQueue, type EventJob } from './stripe-events.service.js';

/** The queue makes its last attempt about four hours after its first. */
const givenUpAfter = 6 * 3600 * 1000;
/** How long handled events are kept. */
const keptFor = 90 * 24 * 3600 * 1000;

/** The types of tenantry's own tasks in the inbox. They are stored in `provider_events`. */
export const taskTypes = { reconcile: 'tenantry.reconcile', usage: 'tenantry.usage', erasure: 'tenantry.erased' } as const;

export interface StripeTask {
  readonly id: string;
  readonly type: (typeof taskTypes)[keyof typeof taskTypes];
  readonly objectId: string;
}

/**
 * Puts tasks that call Stripe into the inbox, in the transaction of the job that wants them. The queue runs them after the
 * commit, so that no transaction waits for the network.
 */
@Injectable()
export class StripeTasksService {
  constructor(
    private readonly client: StripeClientService,
    private readonly queue: QueueService,
  ) {}

  /** Stores and queues a task. @returns the number of queued tasks: zero unless Stripe collects */
  async queueTask(tx: PlatformTransaction, task: StripeTask): Promise<number> {
    if (this.client.settings === undefined) return 0;
    await this.#store(tx, task);
    await this.#queue(tx, taskQueue, [task.id]);
    return 1;
  }

  /** Queues the end of all that the customer of an erased organization pays. If Stripe is not configured, the task waits until it is again. */
  async queueErasure(tx: PlatformTransaction, customerId: string): Promise<void> {
    const task = { id: `erased:${customerId}`, type: taskTypes.erasure, objectId: customerId };
    if ((await this.queueTask(tx, task)) === 0) await this.#store(tx, task);
  }

  /**
   * Queues again what failed in all attempts: events, and erasures, which no later task makes up for.
   *
   * @returns the number of queued events
   */
  async requeueFailed(tx: PlatformTransaction, now: Date): Promise<number> {
    if (this.client.settings === undefined) return 0;
    const kinds = { OR: [{ type: taskTypes.erasure }, { NOT: { type: { startsWith: 'tenantry.' } } }] };
    const where = { provider: 'stripe', handledAt: null, receivedAt: { lt: new Date(now.getTime() - givenUpAfter) }, ...kinds };
    const rows = await tx.providerEvent.findMany({ where, select: { id: true }, orderBy: { receivedAt: 'asc' }, take: 1000 });
    await this.#queue(
      tx,
      eventQueue,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }

  /** Deletes events that were handled so long ago that Stripe does not send them again. @returns the number of deleted events */
  async purgeHandled(tx: PlatformTransaction, now: Date): Promise<number> {
    return (await tx.providerEvent.deleteMany({ where: { handledAt: { lt: new Date(now.getTime() - keptFor) } } })).count;
  }

  async #store(tx: PlatformTransaction, { id, type, objectId }: StripeTask): Promise<void> {
    const where = { provider_id: { provider: 'stripe', id } };
    const unhandled = { handledAt: null, lastError: null };
    await tx.providerEvent.upsert({ where, create: { provider: 'stripe', id, type, objectId }, update: unhandled });
  }

  async #queue(tx: PlatformTransaction, name: string, ids: readonly string[]): Promise<void> {
    // oxlint-disable-next-line no-restricted-properties -- pg-boss wrote the statement, and passes its values separately
    const runner = { executeSql: async (sql: string, values: unknown[]) => ({ rows: await tx.$queryRawUnsafe<unknown[]>(sql, ...values) }) };
    await this.queue.sendWithin(
      runner,
      ids.map((id) => ({ name, payload: { id } satisfies EventJob })),
    );
  }
}
