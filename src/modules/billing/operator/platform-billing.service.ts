import { Injectable } from '@nestjs/common';
import { addOnsIn } from '../../../access/organization/entitlements.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { CollectedElsewhereError, ImpossibleTransitionError, InvoiceClosedError, TrialEndInPastError } from '../billing.errors.js';
import type { InvoiceWithLines } from '../invoices/invoices.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { SubscriptionRenewalService } from '../renewals/subscription-renewal.service.js';
import { SubscriptionDecisionsService } from '../subscriptions/subscription-decisions.service.js';
import { SubscriptionStoreService, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { hasLapsed, isPaidFor, leadsTo, organizationStatusOf } from '../terms/subscription-status.policy.js';
import { boughtOf, soldWith } from '../terms/wanted-terms.policy.js';
import { noDebt, nothingNext, ours, quantitiesOf } from '../subscriptions/subscription-columns.js';
import { priceOf } from '../terms/prices.policy.js';

/** What an operator gives. Undefined leaves as it is; null takes away. */
export interface Assignment {
  readonly plan?: string | undefined;
  readonly trialEndsAt?: Date | null | undefined;
}

/** What the operator does about money: what was paid by transfer, longer trials, pauses. */
@Injectable()
export class PlatformBillingService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly decisions: SubscriptionDecisionsService,
    private readonly cycle: SubscriptionRenewalService,
    private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly provider: PaymentProvider,
  ) {}

  /** Starts a trial, or moves the end of one. @throws {SubscriptionNotFoundError | ImpossibleTransitionError | TrialEndInPastError} */
  async setTrial(organizationId: string, endsAt: Date): Promise<Subscription> {
    const now = this.clock.now();
    if (endsAt <= now) throw new TrialEndInPastError();
    return this.decisions.decide(
      organizationId,
      async (tx, locked) =>
        this.provider.setTrial(locked.subscription, endsAt) ?? this.store.write(tx, locked, trial(locked.subscription, endsAt, now), now, 'subscription.trial_set'),
    );
  }

  /**
   * Puts an organization on a plan, or moves the end of its trial, without charging for it. What does not exist is left to
   * the caller.
   *
   * @throws {ImpossibleTransitionError | CollectedElsewhereError} when there can be no trial, or the provider collects
   */
  async assign(tx: PlatformTransaction, organizationId: string, { plan, trialEndsAt }: Assignment): Promise<void> {
    if (plan === undefined && trialEndsAt === undefined) return;
    if ((await tx.subscription.count({ where: { organizationId } })) === 0) return;
    const now = this.clock.now();
    const locked = await this.store.lock(tx, organizationId);
    if (this.provider.collects(locked.subscription)) throw new CollectedElsewhereError();
    const changes = { ...this.#planned(locked.subscription, plan, now), ...moved(locked.subscription, trialEndsAt, now) };
    await this.store.write(tx, locked, changes, now, 'subscription.assigned');
  }

  /** What the subscription makes of an organization; undefined where there is none. */
  async statusOf(tx: PlatformTransaction, organizationId: string): Promise<ReturnType<typeof organizationStatusOf> | undefined> {
    const subscription = await tx.subscription.findFirst({ where: { organizationId }, select: { status: true } });
    return subscription === null ? undefined : organizationStatusOf(subscription.status, this.catalog.billing.canceledOrganizations);
  }

  /** Given, until the next period; sold as it was where the plan is, with the add-ons that are sold beside it. */
  #planned(subscription: Subscription, key: string | undefined, now: Date): SubscriptionChanges {
    const plan = key === undefined ? undefined : this.catalog.plans.get(key);
    if (plan === undefined || (plan.key === subscription.plan && !hasLapsed(subscription, now))) return {};
    const price = priceOf(plan, subscription.interval, subscription.currency ?? undefined) ?? plan.prices[0];
    const sold = price === undefined ? { periodEnd: subscription.status === 'trialing' ? subscription.periodEnd : null } : { interval: price.interval, currency: price.currency };
    const reopened = hasLapsed(subscription, now) ? ({ ...ours, status: 'active', canceledAt: null, periodStart: now, periodEnd: null } as const) : {};
    const held = hasLapsed(subscription, now) ? [] : boughtOf(addOnsIn(subscription.addOns), this.catalog.addOns);
    const addOns = soldWith(held, { plan, interval: price?.interval ?? subscription.interval }, price?.currency);
    return { plan: plan.key, seats: null, addOns: quantitiesOf(addOns), ...nothingNext, ...sold, ...reopened };
  }

  /** Suspends the organization and stops what is charged. @throws {SubscriptionNotFoundError | ImpossibleTransitionError} */
  async pause(organizationId: string): Promise<Subscription> {
    const now = this.clock.now();
    return this.decisions.decide(organizationId, async (tx, locked) => {
      const { status } = locked.subscription;
      if (!leadsTo(status, 'paused')) throw new ImpossibleTransitionError(status, 'paused');
      return this.provider.pause(locked.subscription) ?? this.store.write(tx, locked, { status: 'paused' }, now, 'subscription.paused');
    });
  }

  /** Notes that an invoice was paid, or will not be. @throws {NotFoundError | InvoiceClosedError | CollectedElsewhereError} */
  async closeInvoice(organizationId: string, invoiceId: string, status: 'paid' | 'void' | 'uncollectible'): Promise<InvoiceWithLines> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      const invoice = await tx.invoice.findFirst({ where: { organizationId, id: invoiceId } });
      if (invoice === null) throw new NotFoundError();
      if (invoice.provider !== 'manual') throw new CollectedElsewhereError();
      if (invoice.status !== 'open') throw new InvoiceClosedError(invoice.status);
      const key = { organizationId_id: { organizationId, id: invoiceId } };
      const closed = await tx.invoice.update({ where: key, data: { status, paidAt: status === 'paid' ? now : null }, include: { lines: { orderBy: { position: 'asc' } } } });
      await this.cycle.settle(tx, locked, now);
      return closed;
    });
  }
}

/** A trial, of the plan that there is. Who has paid so far goes on paying when it ends. */
function trial(subscription: Subscription, endsAt: Date, now: Date): SubscriptionChanges {
  const moved = { trialEndsAt: endsAt, periodEnd: endsAt };
  if (subscription.status === 'trialing') return subscription.trialEndsAt?.getTime() === endsAt.getTime() ? {} : { ...moved, trialRemindedDays: null };
  const begun = subscription.status === 'canceled' ? ours : {};
  return { ...moved, ...noDebt, ...begun, status: 'trialing', trialRemindedDays: null, renewsAfterTrial: isPaidFor(subscription), canceledAt: null, periodStart: now };
}

/** The end of a trial at another time: later than now, before (so that it has ended), or never (so that there is none). */
function moved(subscription: Subscription, endsAt: Date | null | undefined, now: Date): SubscriptionChanges {
  if (endsAt === undefined) return {};
  if (endsAt !== null && endsAt > now) return trial(subscription, endsAt, now);
  const trialing = subscription.status === 'trialing';
  if (endsAt === null) return { trialEndsAt: null, ...(trialing ? { status: 'active', periodEnd: null, renewsAfterTrial: false } : {}) };
  return { trialEndsAt: endsAt, ...(trialing && endsAt > subscription.periodStart ? { periodEnd: endsAt } : {}) };
}
