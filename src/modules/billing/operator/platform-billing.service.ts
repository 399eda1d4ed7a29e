import { Injectable } from '@nestjs/common';
import { addOnsIn } from '../../../access/organization/entitlements.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { CollectedElsewhereError, InvoiceClosedError } from '../billing.errors.js';
import type { InvoiceWithLines } from '../invoices/invoices.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { DunningService } from '../renewals/dunning.service.js';
import { clearedSchedule, collectedHere, trialColumns } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { priceOf } from '../terms/prices.policy.js';
import { hasLapsed, organizationStatusOf } from '../terms/subscription-status.policy.js';
import { boughtOf, quantitiesOf, soldWith } from '../terms/wanted-terms.policy.js';

/** The plan and trial end that an operator assigns. Undefined changes nothing; null removes the trial. */
export interface Assignment {
  readonly plan?: string | undefined;
  readonly trialEndsAt?: Date | null | undefined;
}

/** Lets the operator assign plans and trials, and record how invoices were closed. `SubscriptionsService` pauses and sets trials. */
@Injectable()
export class PlatformBillingService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly dunning: DunningService,
    private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Assigns a plan, or moves the end of the trial, without a charge. Does nothing if the organization has no subscription: the
   * caller reports an organization that does not exist.
   *
   * @throws {ImpossibleTransitionError | CollectedElsewhereError} if the status allows no trial, or the payment provider collects
   */
  async assignPlan(tx: PlatformTransaction, organizationId: string, { plan, trialEndsAt }: Assignment): Promise<void> {
    if (plan === undefined && trialEndsAt === undefined) return;
    if ((await tx.subscription.count({ where: { organizationId } })) === 0) return;
    const now = this.clock.now();
    const locked = await this.store.lockSubscription(tx, organizationId);
    if (this.provider.collects(locked.subscription)) throw new CollectedElsewhereError();
    const changes = { ...this.#assignedPlanColumns(locked.subscription, plan, now), ...assignedTrialColumns(locked.subscription, trialEndsAt, now) };
    await this.store.writeSubscription(tx, locked, changes, now, 'subscription.assigned');
  }

  /** Returns the status that the subscription gives the organization; undefined without a subscription. */
  async organizationStatus(tx: PlatformTransaction, organizationId: string): Promise<ReturnType<typeof organizationStatusOf> | undefined> {
    const subscription = await tx.subscription.findFirst({ where: { organizationId }, select: { status: true } });
    return subscription === null ? undefined : organizationStatusOf(subscription.status, this.catalog.billing.canceledOrganizations);
  }

  /** Marks a manual invoice as paid, void or uncollectible. @throws {NotFoundError | InvoiceClosedError | CollectedElsewhereError} */
  async closeInvoice(organizationId: string, invoiceId: string, status: 'paid' | 'void' | 'uncollectible'): Promise<InvoiceWithLines> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lockSubscription(tx, organizationId);
      const invoice = await tx.invoice.findFirst({ where: { organizationId, id: invoiceId } });
      if (invoice === null) throw new NotFoundError();
      if (invoice.provider !== 'manual') throw new CollectedElsewhereError();
      if (invoice.status !== 'open') throw new InvoiceClosedError(invoice.status);
      const key = { organizationId_id: { organizationId, id: invoiceId } };
      const closed = await tx.invoice.update({ where: key, data: { status, paidAt: status === 'paid' ? now : null }, include: { lines: { orderBy: { position: 'asc' } } } });
      await this.dunning.endDunningIfPaid(tx, locked, now);
      return closed;
    });
  }

  /** Returns the columns for an assigned plan: free until the next period, with the interval, currency and add-ons that the plan is sold with. */
  #assignedPlanColumns(subscription: Subscription, key: string | undefined, now: Date): SubscriptionChanges {
    const plan = key === undefined ? undefined : this.catalog.plans.get(key);
    if (plan === undefined || (plan.key === subscription.plan && !hasLapsed(subscription, now))) return {};
    const price = priceOf(plan, subscription.interval, subscription.currency ?? undefined) ?? plan.prices[0];
    const priceColumns =
      price === undefined ? { periodEnd: subscription.status === 'trialing' ? subscription.periodEnd : null } : { interval: price.interval, currency: price.currency };
    const reopenedColumns = hasLapsed(subscription, now) ? ({ ...collectedHere, status: 'active', canceledAt: null, periodStart: now, periodEnd: null } as const) : {};
    const current = hasLapsed(subscription, now) ? [] : boughtOf(addOnsIn(subscription.addOns), this.catalog.addOns);
    const addOns = soldWith(current, { plan, interval: price?.interval ?? subscription.interval }, price?.currency);
    return { plan: plan.key, seats: null, addOns: quantitiesOf(addOns), ...clearedSchedule, ...priceColumns, ...reopenedColumns };
  }
}

/** Moves the end of a trial: to a time in the future, to the past (which ends the trial), or to null (which removes it). */
function assignedTrialColumns(subscription: Subscription, endsAt: Date | null | undefined, now: Date): SubscriptionChanges {
  if (endsAt === undefined) return {};
  if (endsAt !== null && endsAt > now) return trialColumns(subscription, endsAt, now);
  const trialing = subscription.status === 'trialing';
  if (endsAt === null) return { trialEndsAt: null, ...(trialing ? { status: 'active', periodEnd: null, renewsAfterTrial: false } : {}) };
  return { trialEndsAt: endsAt, ...(trialing && endsAt > subscription.periodStart ? { periodEnd: endsAt } : {}) };
}
