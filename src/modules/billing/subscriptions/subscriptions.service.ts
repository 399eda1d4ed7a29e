import { Injectable } from '@nestjs/common';
import { addOnsIn } from '../../../access/organization/entitlements.js';
import { Clock } from '../../../common/clock.js';
import { Catalog, type PlanDefinition } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice, Subscription } from '../../../generated/prisma/client.js';
import { AlreadyCanceledError, InvalidSubscriptionError, NothingToResumeError, PlanNeededError, SubscriptionChangedError, UsageOverLimitsError } from '../billing.errors.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { amountOf, creditLines, currencyOf, isSold, periodFrom, periodLines, sellsSeats, prorationLines, type Line, type Period, type Terms } from '../terms/prices.policy.js';
import { PaymentProvider, type Prepaid } from '../providers/payment-provider.js';
import { asksForNothing, boughtOf, planned, termsWanted, type ChangeBasis, type PlannedChange, type WantedTerms } from '../terms/wanted-terms.policy.js';
import { SubscriptionDecisionsService } from './subscription-decisions.service.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from './subscription-store.service.js';
import { ended, goesOn, noDebt, nothingNext, ours, scheduled, trialOver, written } from './subscription-columns.js';
import { hasLapsed, isPaidFor } from '../terms/subscription-status.policy.js';
import { SubscriptionUsageService } from './subscription-usage.service.js';

/** A change, worked out but not made. */
export interface ChangePlan {
  readonly change: PlannedChange;
  /** What is charged at once. */
  readonly lines: readonly Line[];
  readonly currency: string | undefined;
  /** The period that holds afterwards; undefined for what has none. */
  readonly period: Period | undefined;
}

/** What organizations agree to pay for: choosing, changing, ending. Each change is one transaction, under the organization's lock. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly decisions: SubscriptionDecisionsService,
    private readonly usage: SubscriptionUsageService,
    private readonly invoices: InvoicesService,
    private readonly clock: Clock,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Changes plan, interval, seats or add-ons: what costs more at once, and charged for the rest of the period; what costs less with
   * the next period.
   *
   * @param expectedVersion the change is refused when the subscription has another; undefined takes any
   * @throws {InvalidSubscriptionError | UsageOverLimitsError | SubscriptionChangedError | InvoicesOverdueError}
   */
  async change(organizationId: string, wanted: WantedTerms, expectedVersion?: number): Promise<Subscription> {
    try {
      return await this.#change(organizationId, wanted, expectedVersion);
    } catch (error) {
      if (expectedVersion !== undefined || !(error instanceof SubscriptionChangedError)) throw error;
      // Only the provider knew that somebody was faster; by now, so do we.
      return this.#change(organizationId, wanted);
    }
  }

  #change(organizationId: string, wanted: WantedTerms, expectedVersion?: number): Promise<Subscription> {
    const now = this.clock.now();
    return this.decisions.decide(organizationId, async (tx, locked) => {
      if (expectedVersion !== undefined && locked.subscription.version !== expectedVersion) throw new SubscriptionChangedError();
      if (asksForNothing(wanted)) return locked;
      const plan = await this.work(tx, locked, wanted, now);
      const target = plan.change.next ?? plan.change.now;
      const over = await this.usage.obstacles(tx, organizationId, this.termsOf(locked.subscription), target, now);
      if (over.length > 0) throw new UsageOverLimitsError(target.plan.key, over);
      if (plan.lines.length > 0 && !this.provider.collects(locked.subscription)) await this.invoices.assertNoneOverdue(tx, organizationId, now);
      return this.provider.change(locked.subscription, plan.change, plan.currency) ?? this.#apply(tx, locked, plan, now);
    });
  }

  /** @throws {SubscriptionNotFoundError} */
  get(organizationId: string): Promise<Subscription> {
    return this.decisions.get(organizationId);
  }

  /** Seats that are taken. */
  seatsInUse(organizationId: string): Promise<number> {
    return this.usage.seatsInUse(this.platform, organizationId, this.clock.now());
  }

  /** Works a change out. @throws {InvalidSubscriptionError} */
  async work(tx: PlatformTransaction, { subscription }: LockedSubscription, wanted: WantedTerms, now: Date): Promise<ChangePlan> {
    const current = this.termsOf(subscription);
    const lapsed = !this.provider.collects(subscription) && hasLapsed(subscription, now);
    const basis: ChangeBasis = {
      current: lapsed ? { ...current, plan: this.planOf(this.catalog.billing.fallbackPlan), seats: undefined, addOns: [] } : current,
      // In a trial all changes at once; what was scheduled before it is not meant.
      scheduled: lapsed || subscription.status === 'trialing' ? undefined : this.scheduledOf(subscription),
      currency: subscription.currency ?? undefined,
      trialing: subscription.status === 'trialing',
      paid: !lapsed && isPaidFor(subscription),
      fallbackPlan: this.catalog.billing.fallbackPlan,
      seatsInUse: await this.usage.seatsInUse(tx, subscription.organizationId, now),
    };
    const terms = termsWanted(basis, wanted, this.catalog);
    if ('problem' in terms) throw new InvalidSubscriptionError(terms);
    const change = planned(basis, terms);
    const currency = currencyOf(change.now.plan, change.now.interval, basis.currency);
    return { change, currency, ...this.#charge(subscription, change, currency, now) };
  }

  /** Ends it: when its period is over, or at once. @throws {AlreadyCanceledError} */
  async cancel(organizationId: string, atPeriodEnd: boolean): Promise<Subscription> {
    const now = this.clock.now();
    return this.decisions.decide(organizationId, async (tx, locked) => {
      const { status, periodEnd } = locked.subscription;
      if (status === 'canceled') throw new AlreadyCanceledError();
      // The provider knows whether a period runs: what ours says of it may be old.
      const running = this.provider.collects(locked.subscription) || (periodEnd !== null && periodEnd > now);
      const later = atPeriodEnd && running && status !== 'unpaid' && status !== 'paused';
      const changes: SubscriptionChanges = later ? { cancelAtPeriodEnd: true } : ended(now);
      return this.provider.cancel(locked.subscription, later) ?? this.store.write(tx, locked, changes, now, later ? 'subscription.cancel_scheduled' : 'subscription.canceled');
    });
  }

  /** Takes a cancellation or a scheduled change back, or ends a pause. @throws {NothingToResumeError | PlanNeededError | InvoicesOverdueError} */
  async resume(organizationId: string): Promise<Subscription> {
    const now = this.clock.now();
    return this.decisions.decide(organizationId, async (tx, locked) => {
      const { status, cancelAtPeriodEnd, nextPlan, nextSeats, nextInterval } = locked.subscription;
      const scheduled = cancelAtPeriodEnd || nextPlan !== null || nextSeats !== null || nextInterval !== null;
      if (status !== 'paused' && !scheduled) throw new NothingToResumeError();
      const step = this.provider.resume(locked.subscription);
      if (step !== undefined) return step;
      return status === 'paused' ? this.#unpause(tx, locked, now) : this.store.write(tx, locked, goesOn, now, 'subscription.resumed');
    });
  }

  /** Begins a period that is paid for. What was neither sold by seats nor counted so far covers those that are in use. */
  async begin(tx: PlatformTransaction, locked: LockedSubscription, { terms, start, now }: { terms: Terms; start: Date; now: Date }): Promise<LockedSubscription> {
    const charged = await this.withSeats(tx, locked, terms, now);
    const currency = currencyOf(charged.plan, charged.interval, locked.subscription.currency ?? undefined);
    const period = periodFrom(start, charged.interval);
    const opened = { ...noDebt, ...goesOn, status: 'active' as const, renewsAfterTrial: false, canceledAt: null, periodStart: period.start, periodEnd: period.end };
    const after = await this.store.write(tx, locked, { ...opened, ...written(charged), currency: currency ?? null }, now, 'subscription.activated');
    if (currency !== undefined && amountOf(charged, currency) > 0) await this.invoice(tx, after, { lines: periodLines(charged, currency, period), currency, at: now });
    return after;
  }

  /** The terms with the seats that are charged: never none where seats are sold. */
  async withSeats(tx: PlatformTransaction, { subscription }: LockedSubscription, terms: Terms, now: Date): Promise<Terms> {
    if (!sellsSeats(terms.plan) || terms.seats !== undefined) return terms;
    return { ...terms, seats: Math.max(1, await this.usage.seatsInUse(tx, subscription.organizationId, now)) };
  }

  /** Back to what was paused. When nothing of what was paid for is left, a new period begins, and is charged. */
  async #unpause(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription> {
    const { organizationId, pastDueSince, trialEndsAt } = locked.subscription;
    const terms = this.termsOf(locked.subscription);
    if (hasLapsed(locked.subscription, now)) {
      if (!isSold(terms.plan) && this.catalog.billing.trialEnds === 'suspend') throw new PlanNeededError();
      await this.invoices.assertNoneOverdue(tx, organizationId, now);
      if (isSold(terms.plan)) return this.begin(tx, locked, { terms, start: now, now });
    }
    const status = pastDueSince !== null ? 'past_due' : trialEndsAt !== null && trialEndsAt > now ? 'trialing' : 'active';
    return this.store.write(tx, locked, { ...goesOn, status }, now, 'subscription.resumed');
  }

  /** What is left of a period that was invoiced here, and paid, when somebody else is to collect. */
  async prepaid(tx: PlatformTransaction, { subscription }: LockedSubscription, now: Date): Promise<Prepaid | undefined> {
    const { organizationId, provider, periodEnd, currency } = subscription;
    if (provider !== 'manual' || periodEnd === null || periodEnd <= now || currency === null || !isPaidFor(subscription)) return undefined;
    const worth = await this.invoices.paidByHand(tx, { organizationId, periodEnd, currency }, now);
    return worth > 0 ? { until: periodEnd, worth } : undefined;
  }

  termsOf({ plan, interval, seats, addOns }: Pick<Subscription, 'plan' | 'interval' | 'seats' | 'addOns'>): Terms {
    return { plan: this.planOf(plan), interval, seats: seats ?? undefined, addOns: boughtOf(addOnsIn(addOns), this.catalog.addOns) };
  }

  /** What begins with the next period; undefined: the same. */
  scheduledOf({ plan, interval, nextPlan, nextInterval, nextSeats: seats, nextAddOns: addOns }: Subscription): Terms | undefined {
    if (nextPlan === null && nextInterval === null && seats === null) return undefined;
    return this.termsOf({ plan: nextPlan ?? plan, interval: nextInterval ?? interval, seats, addOns });
  }

  /** A plan that the catalog has no more (catalog:check prevents it) counts as the default one. */
  planOf(key: string): PlanDefinition {
    const plan = this.catalog.plans.get(key) ?? this.catalog.plans.get(this.catalog.defaultPlan);
    if (plan === undefined) throw new Error('the catalog has no default plan');
    return plan;
  }

  #charge(subscription: Subscription, { now: terms, immediate, restarts }: PlannedChange, currency: string | undefined, now: Date): Pick<ChangePlan, 'lines' | 'period'> {
    const { status, periodStart, periodEnd } = subscription;
    const running = periodEnd !== null && periodEnd > now && isPaidFor(subscription) ? { start: periodStart, end: periodEnd } : undefined;
    const kept = periodEnd === null ? undefined : { start: periodStart, end: periodEnd };
    if (!immediate || currency === undefined || (status === 'trialing' && !restarts)) return { lines: [], period: kept };
    if (!restarts) return { lines: running === undefined ? [] : prorationLines(this.termsOf(subscription), terms, currency, running, now), period: kept };
    const period = periodFrom(now, terms.interval);
    const credit = running === undefined ? [] : creditLines(this.termsOf(subscription), currency, running, now);
    return { lines: [...credit, ...periodLines(terms, currency, period)], period };
  }

  async #apply(tx: PlatformTransaction, locked: LockedSubscription, { change, lines, currency, period }: ChangePlan, now: Date): Promise<LockedSubscription> {
    const { now: terms, next, restarts, immediate } = change;
    if (!immediate && next === undefined) return this.store.write(tx, locked, nothingNext, now);
    if (!immediate) return this.store.write(tx, locked, { ...scheduled(next), cancelAtPeriodEnd: false }, now, 'subscription.change_scheduled');
    const opened = restarts || locked.subscription.status === 'canceled';
    const changes: SubscriptionChanges = {
      ...written(terms),
      currency: currency ?? null,
      ...nothingNext,
      cancelAtPeriodEnd: false,
      ...(locked.subscription.status === 'trialing' && !opened ? { renewsAfterTrial: isSold(terms.plan) } : {}),
      ...(opened
        ? { ...ours, ...noDebt, ...trialOver(locked.subscription, now), status: 'active', canceledAt: null, periodStart: period?.start ?? now, periodEnd: period?.end ?? null }
        : {}),
    };
    const after = await this.store.write(tx, locked, changes, now, 'subscription.changed');
    if (lines.length > 0 && currency !== undefined) await this.invoice(tx, after, { lines, currency, at: now });
    return after;
  }

  invoice(tx: PlatformTransaction, { organization }: LockedSubscription, content: { lines: readonly Line[]; currency: string; at: Date }): Promise<Invoice> {
    return this.invoices.issue(tx, organization, content);
  }
}
