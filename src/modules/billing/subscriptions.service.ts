import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Catalog, type PlanDefinition } from '../../config/catalog/catalog.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import type { Invoice, Subscription } from '../../generated/prisma/client.js';
import {
  AlreadyCanceledError,
  InvalidSubscriptionError,
  NothingToResumeError,
  SubscriptionChangedError,
  SubscriptionNotFoundError,
  UsageOverLimitsError,
} from './billing.errors.js';
import { Invoices } from './invoices.service.js';
import { PaymentProvider, type ProviderStep } from './payment-provider.js';
import { isSold, periodFrom, periodLine, priceOf, prorationLines, type Line, type Period, type Terms } from './prices.policy.js';
import { planned, termsWanted, type ChangeBasis, type PlannedChange, type WantedTerms } from './subscription-change.policy.js';
import { ended, nothingNext } from './subscription-changes.js';
import { SubscriptionStore, type LockedSubscription, type SubscriptionChanges } from './subscription-store.service.js';
import { SubscriptionUsage } from './subscription-usage.service.js';

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
export class Subscriptions {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStore,
    private readonly usage: SubscriptionUsage,
    private readonly invoices: Invoices,
    private readonly clock: Clock,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Changes plan, interval or seats: what costs more at once, and charged for the rest of the period; what costs less with
   * the next period.
   *
   * @param expectedVersion the change is refused when the subscription has another; undefined takes any
   * @throws {InvalidSubscriptionError | UsageOverLimitsError | SubscriptionChangedError}
   */
  async change(organizationId: string, wanted: WantedTerms, expectedVersion?: number): Promise<Subscription> {
    const now = this.clock.now();
    return this.#decide(organizationId, async (tx, locked) => {
      if (expectedVersion !== undefined && locked.subscription.version !== expectedVersion) throw new SubscriptionChangedError();
      const plan = await this.work(tx, locked, wanted, now);
      const over = await this.usage.excess(tx, organizationId, plan.change.next ?? plan.change.now, now);
      const target = (plan.change.next ?? plan.change.now).plan.key;
      if (over.length > 0 && target !== locked.subscription.plan) throw new UsageOverLimitsError(target, over);
      return this.provider.change(locked.subscription, plan.change, plan.currency) ?? this.#apply(tx, locked, plan, now);
    });
  }

  /** @throws {SubscriptionNotFoundError} */
  async get(organizationId: string): Promise<Subscription> {
    const subscription = await this.platform.subscription.findFirst({ where: { organizationId } });
    if (subscription === null) throw new SubscriptionNotFoundError();
    return subscription;
  }

  /** Seats that are taken. */
  seatsInUse(organizationId: string): Promise<number> {
    return this.usage.seatsInUse(this.platform, organizationId, this.clock.now());
  }

  /** Works a change out. @throws {InvalidSubscriptionError} */
  async work(tx: PlatformTransaction, { subscription }: LockedSubscription, wanted: WantedTerms, now: Date): Promise<ChangePlan> {
    const current = this.termsOf(subscription);
    const ended = subscription.status === 'canceled';
    const basis: ChangeBasis = {
      current: ended ? { ...current, plan: this.planOf(this.catalog.billing.fallbackPlan), seats: undefined } : current,
      currency: subscription.currency ?? undefined,
      trialing: subscription.status === 'trialing',
      seatsInUse: await this.usage.seatsInUse(tx, subscription.organizationId, now),
    };
    const terms = termsWanted(basis, wanted, this.catalog.plans);
    if (typeof terms === 'string') throw new InvalidSubscriptionError(terms);
    const change = planned(basis, terms);
    const currency = subscription.currency ?? priceOf(change.now.plan, change.now.interval, undefined)?.currency;
    return { change, currency, ...this.#charge(subscription, change, currency, now) };
  }

  /** Ends it: when its period is over, or at once. @throws {AlreadyCanceledError} */
  async cancel(organizationId: string, atPeriodEnd: boolean): Promise<Subscription> {
    const now = this.clock.now();
    return this.#decide(organizationId, async (tx, locked) => {
      const { status, periodEnd } = locked.subscription;
      if (status === 'canceled') throw new AlreadyCanceledError();
      const later = atPeriodEnd && periodEnd !== null && periodEnd > now && status !== 'unpaid';
      const changes: SubscriptionChanges = later ? { cancelAtPeriodEnd: true } : ended(now);
      return this.provider.cancel(locked.subscription, later) ?? this.store.write(tx, locked, changes, now, later ? 'subscription.cancel_scheduled' : 'subscription.canceled');
    });
  }

  /** Takes a cancellation or a scheduled change back, or ends a pause. @throws {NothingToResumeError} */
  async resume(organizationId: string): Promise<Subscription> {
    const now = this.clock.now();
    return this.#decide(organizationId, async (tx, locked) => {
      const { status, cancelAtPeriodEnd, nextPlan, nextSeats, nextInterval, pastDueSince } = locked.subscription;
      const scheduled = cancelAtPeriodEnd || nextPlan !== null || nextSeats !== null || nextInterval !== null;
      if (status !== 'paused' && !scheduled) throw new NothingToResumeError();
      const back = status === 'paused' ? { status: pastDueSince === null ? ('active' as const) : ('past_due' as const) } : {};
      const changes = { cancelAtPeriodEnd: false, ...nothingNext, ...back };
      return this.provider.resume(locked.subscription) ?? this.store.write(tx, locked, changes, now, 'subscription.resumed');
    });
  }

  /** Judges under the organization's lock. A step with the provider is gone when it is free again: others do not wait for the network. */
  async #decide(organizationId: string, judge: (tx: PlatformTransaction, locked: LockedSubscription) => Promise<LockedSubscription | ProviderStep>): Promise<Subscription> {
    const decided = await this.platform.$transaction(async (tx) => judge(tx, await this.store.lock(tx, organizationId)));
    if (typeof decided !== 'function') return decided.subscription;
    await decided();
    return this.get(organizationId);
  }

  termsOf({ plan, interval, seats }: Pick<Subscription, 'plan' | 'interval' | 'seats'>): Terms {
    return { plan: this.planOf(plan), interval, seats: seats ?? undefined };
  }

  /** A plan that the catalog has no more (catalog:check prevents it) counts as the default one. */
  planOf(key: string): PlanDefinition {
    const plan = this.catalog.plans.get(key) ?? this.catalog.plans.get(this.catalog.defaultPlan);
    if (plan === undefined) throw new Error('the catalog has no default plan');
    return plan;
  }

  #charge(subscription: Subscription, { now: terms, immediate, restarts }: PlannedChange, currency: string | undefined, now: Date): Pick<ChangePlan, 'lines' | 'period'> {
    const { status, periodStart, periodEnd } = subscription;
    const running = periodEnd !== null && periodEnd > now && status !== 'trialing' && status !== 'canceled' ? { start: periodStart, end: periodEnd } : undefined;
    const kept = periodEnd === null ? undefined : { start: periodStart, end: periodEnd };
    if (!immediate || currency === undefined || (status === 'trialing' && !restarts)) return { lines: [], period: kept };
    if (!restarts) return { lines: running === undefined ? [] : prorationLines(this.termsOf(subscription), terms, currency, running, now), period: kept };
    const period = periodFrom(now, terms.interval);
    const credit = running === undefined ? [] : prorationLines(this.termsOf(subscription), terms, currency, running, now).filter(({ amount }) => amount < 0);
    return { lines: [...credit, periodLine(terms, currency, period)], period };
  }

  async #apply(tx: PlatformTransaction, locked: LockedSubscription, { change, lines, currency, period }: ChangePlan, now: Date): Promise<LockedSubscription> {
    const { now: terms, next, restarts, immediate } = change;
    if (!immediate && next === undefined) return this.store.write(tx, locked, nothingNext, now);
    if (!immediate) return this.store.write(tx, locked, { ...scheduled(next), cancelAtPeriodEnd: false }, now, 'subscription.change_scheduled');
    const opened = restarts || locked.subscription.status === 'canceled';
    const changes: SubscriptionChanges = {
      plan: terms.plan.key,
      interval: terms.interval,
      seats: terms.seats ?? null,
      currency: currency ?? null,
      ...nothingNext,
      cancelAtPeriodEnd: false,
      ...(locked.subscription.status === 'trialing' && !opened ? { renewsAfterTrial: isSold(terms.plan) } : {}),
      ...(opened ? { status: 'active', canceledAt: null, pastDueSince: null, pastDueReminders: 0, periodStart: period?.start ?? now, periodEnd: period?.end ?? null } : {}),
    };
    const after = await this.store.write(tx, locked, changes, now, 'subscription.changed');
    if (lines.length > 0 && currency !== undefined) await this.invoice(tx, after, { lines, currency, at: now });
    return after;
  }

  /** An invoice of the manual provider. */
  invoice(tx: PlatformTransaction, { organization }: LockedSubscription, content: { lines: readonly Line[]; currency: string; at: Date }): Promise<Invoice> {
    return this.invoices.issue(tx, organization, content);
  }
}

const scheduled = (next: Terms | undefined): SubscriptionChanges => ({ nextPlan: next?.plan.key ?? null, nextInterval: next?.interval ?? null, nextSeats: next?.seats ?? null });
