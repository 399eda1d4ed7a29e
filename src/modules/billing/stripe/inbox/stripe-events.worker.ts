import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../../../common/clock.js';
import { storableText } from '../../../../common/text/storable-text.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { Prisma, ProviderEvent } from '../../../../generated/prisma/client.js';
import { QueueService } from '../../../../jobs/queue.service.js';
import { TenantContext } from '../../../../tenancy/tenant-context.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeErasureService } from '../subscriptions/stripe-erasure.service.js';
import { StripeInvoicesService } from '../subscriptions/stripe-invoices.service.js';
import { StripeReconciliationService } from '../subscriptions/stripe-reconciliation.service.js';
import { idOf } from '../subscriptions/stripe-subscription.policy.js';
import { StripeComparisonService } from '../subscriptions/stripe-comparison.service.js';
import { StripeUsageService } from '../usage/stripe-usage.service.js';
import { eventQueue, taskQueue, type EventJob } from './stripe-events.service.js';
import { taskTypes } from './stripe-tasks.service.js';

const actor = { kind: 'job', name: 'stripe-events' } as const;

/** Handles each event and task of the inbox once. The queue repeats an attempt that failed; the row of the event stores the error. */
@Injectable()
export class StripeEventsWorker implements OnApplicationBootstrap {
  readonly #logger = new Logger(StripeEventsWorker.name);

  constructor(
    private readonly queue: QueueService,
    private readonly platform: PlatformDb,
    private readonly client: StripeClientService,
    private readonly reconciliation: StripeReconciliationService,
    private readonly invoices: StripeInvoicesService,
    private readonly comparison: StripeComparisonService,
    private readonly usage: StripeUsageService,
    private readonly erasure: StripeErasureService,
    private readonly context: TenantContext,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.client.settings === undefined) return;
    for (const queue of [eventQueue, taskQueue]) await this.queue.work<EventJob>(queue, ({ id }) => this.handleStripeEvent(id));
  }

  /** Handles an event of the inbox, unless it was handled before. Throws if the attempt fails. */
  async handleStripeEvent(id: string): Promise<void> {
    await this.context.runAsPlatform('job stripe-events', () => this.#handle(id), actor);
  }

  async #handle(id: string): Promise<void> {
    const where = { provider_id: { provider: 'stripe', id } };
    const event = await this.platform.providerEvent.findUnique({ where });
    if (event === null || event.handledAt !== null) return;
    try {
      const result = await this.#dispatch(event);
      await this.platform.providerEvent.update({ where, data: { handledAt: this.clock.now(), attempts: { increment: 1 }, lastError: null, result } });
    } catch (error) {
      const lastError = error instanceof Error ? storableText(error.message, 500) : 'unknown';
      await this.platform.providerEvent.update({ where, data: { attempts: { increment: 1 }, lastError } });
      this.#logger.warn({ event: id, type: event.type, err: error }, 'could not handle a Stripe event; the queue tries again');
      throw error;
    }
  }

  async #dispatch({ type, objectId }: ProviderEvent): Promise<Prisma.InputJsonObject> {
    if (objectId === null) return { outcome: 'ignored' };
    if (type === taskTypes.reconcile) return { ...(await this.comparison.compareAll()) };
    if (type === taskTypes.usage) return { ...(await this.usage.sendUsage(objectId)) };
    if (type === taskTypes.erasure) return { ...(await this.erasure.endCustomer(objectId)) };
    if (type.startsWith('customer.subscription.')) return { ...(await this.reconciliation.reconcileSubscription(objectId)) };
    if (type.startsWith('invoice.')) return { ...(await this.invoices.copyInvoice(objectId)) };
    const session = type.startsWith('checkout.session.') ? await this.client.api.checkout.sessions.retrieve(objectId) : undefined;
    const subscriptionId = idOf(session?.subscription);
    return subscriptionId === undefined ? { outcome: 'ignored' } : { ...(await this.reconciliation.reconcileSubscription(subscriptionId)) };
  }
}
