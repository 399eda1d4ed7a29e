import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { BillingMailService } from './billing-mail.service.js';
import { amountOf, currencyOf, isSold, periodFrom, periodLines, sellsSeats, type Terms } from '../terms/prices.policy.js';
import { sameTerms } from '../terms/wanted-terms.policy.js';
import { ended, noDebt, nothingNext, withoutPrice, written } from '../subscriptions/subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from '../subscriptions/subscription-store.service.js';
import { SubscriptionUsageService } from '../subscriptions/subscription-usage.service.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';

const day = 24 * 3600 * 1000;
/** Days before the end of a trial, and after something is owed, at which it is reminded of. */
const trialReminders = [7, 3, 1] as const;
const dueReminders = [0, 3, 7, 10] as const;

/**
 * What time does to subscriptions that nobody else collects for: trials end, periods follow on each other, what is owed is
 * reminded of. Each subscription is judged by the state it is in, so that being late, or doing it twice, changes nothing.
 */
@Injectable()
export class SubscriptionRenewalService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly subscriptions: SubscriptionsService,
    private readonly usage: SubscriptionUsageService,
    private readonly mail: BillingMailService,
  ) {}

  /** Reminds of the end of a trial, once for each of the days; of the latest only when some were missed. */
  async remindOfTrial(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lock(tx, organizationId);
    const { status, trialEndsAt, trialRemindedDays } = locked.subscription;
    if (status !== 'trialing' || trialEndsAt === null || trialEndsAt <= now) return false;
    const left = (trialEndsAt.getTime() - now.getTime()) / day;
    const due = trialReminders.filter((days) => left <= days && (trialRemindedDays ?? Infinity) > days).at(-1);
    if (due === undefined) return false;
    await this.store.write(tx, locked, { trialRemindedDays: due }, now);
    await this.mail.trialEnds(tx, locked, Math.max(1, Math.ceil(left)));
    return true;
  }

  /** Ends a trial: what was chosen goes on and is charged; else the catalog says what happens. */
  async endTrial(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lock(tx, organizationId);
    const { status, trialEndsAt, renewsAfterTrial, cancelAtPeriodEnd, provider } = locked.subscription;
    if (status !== 'trialing' || trialEndsAt === null || trialEndsAt > now || provider !== 'manual') return false;
    const terms = await this.#nextTerms(tx, locked, this.subscriptions.termsOf(locked.subscription), now);
    if (!cancelAtPeriodEnd && renewsAfterTrial && isSold(terms.plan)) await this.subscriptions.begin(tx, locked, { terms, start: trialEndsAt, now });
    else if (cancelAtPeriodEnd) await this.store.write(tx, locked, ended(now), now, 'subscription.canceled');
    else await this.store.write(tx, locked, this.#unpaidTrial(now), now, 'subscription.trial_ended');
    await this.mail.trialEnded(tx, locked);
    return true;
  }

  /** Ends or renews what has come to the end of its period; periods that were missed one by one. */
  async renew(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    let locked = await this.store.lock(tx, organizationId);
    let renewed = false;
    while (due(locked, now)) {
      const { periodEnd, cancelAtPeriodEnd } = locked.subscription;
      if (periodEnd === null) break;
      locked = cancelAtPeriodEnd ? await this.store.write(tx, locked, ended(now), now, 'subscription.canceled') : await this.#follow(tx, locked, periodEnd, now);
      renewed = true;
    }
    return renewed;
  }

  /** Moves on what owes: past due, reminded of, and unpaid when its days of grace are over. */
  async dun(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    const locked = await this.store.lock(tx, organizationId);
    const { status, provider, pastDueSince, pastDueReminders } = locked.subscription;
    if (provider !== 'manual' || (status !== 'active' && status !== 'past_due')) return false;
    const oldest = await tx.invoice.findFirst({ where: { organizationId, status: 'open', dueAt: { lte: now } }, orderBy: { dueAt: 'asc' } });
    if (oldest === null) return false;
    // Whoever was never reminded has all the days of grace still before them, however late this comes.
    const since = pastDueSince ?? now;
    const overdueDays = (now.getTime() - since.getTime()) / day;
    const late = overdueDays >= this.catalog.billing.graceDays;
    const reminders = dueReminders.filter((days) => overdueDays >= days && days < this.catalog.billing.graceDays).length;
    if (status === 'past_due' && !late && reminders <= pastDueReminders) return false;
    const changes = { status: 'past_due' as const, pastDueSince: since, pastDueReminders: Math.max(reminders, pastDueReminders) };
    const owing = await this.store.write(tx, locked, changes, now, status === 'past_due' ? undefined : 'subscription.past_due');
    // With no days of grace at once, on the way that there is.
    if (late) await this.store.write(tx, owing, { status: 'unpaid' }, now, 'subscription.unpaid');
    await this.mail.owed(tx, locked, oldest, late);
    return true;
  }

  /** Notes that an invoice is closed. Who owes nothing any more is active again; for the time of a suspension nothing is charged. */
  async settle(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription> {
    const { organizationId, status, pastDueSince, periodEnd, provider } = locked.subscription;
    if (provider !== 'manual' || pastDueSince === null) return locked;
    if ((await tx.invoice.count({ where: { organizationId, status: 'open', dueAt: { lte: now } } })) > 0) return locked;
    if (status === 'paused') return this.store.write(tx, locked, noDebt, now);
    const missed = status === 'unpaid' && periodEnd !== null && periodEnd <= now;
    const terms = await this.#nextTerms(tx, locked, this.subscriptions.termsOf(locked.subscription), now);
    if (missed && isSold(terms.plan)) return this.subscriptions.begin(tx, locked, { terms, start: now, now });
    const free = missed ? withoutPrice(terms.plan.key, now) : {};
    return this.store.write(tx, locked, { ...free, ...noDebt, status: 'active' }, now, 'subscription.recovered');
  }

  async #follow(tx: PlatformTransaction, locked: LockedSubscription, start: Date, now: Date): Promise<LockedSubscription> {
    const { subscription, organization } = locked;
    const current = this.subscriptions.termsOf(subscription);
    const terms = await this.subscriptions.withSeats(tx, locked, await this.#nextTerms(tx, locked, current, now), now);
    if (!isSold(terms.plan)) return this.store.write(tx, locked, withoutPrice(terms.plan.key, start), now, 'subscription.downgraded');
    const period = periodFrom(start, terms.interval, organization.usageAnchorDay ?? undefined);
    const changes: SubscriptionChanges = {
      ...written(terms),
      ...nothingNext,
      periodStart: period.start,
      periodEnd: period.end,
    };
    const after = await this.store.write(tx, locked, changes, now, sameTerms(terms, current) ? 'subscription.renewed' : 'subscription.changed');
    const currency = currencyOf(terms.plan, terms.interval, subscription.currency ?? undefined);
    if (currency !== undefined && amountOf(terms, currency) > 0) await this.subscriptions.invoice(tx, after, { lines: periodLines(terms, currency, period), currency, at: now });
    return after;
  }

  /** What was scheduled, unless more is in use by now than it allows; seats never below what is in use. */
  async #nextTerms(tx: PlatformTransaction, { subscription }: LockedSubscription, current: Terms, now: Date): Promise<Terms> {
    const { organizationId } = subscription;
    const next = this.subscriptions.scheduledOf(subscription);
    if (next === undefined) return current;
    const seatsInUse = await this.usage.seatsInUse(tx, organizationId, now);
    const wanted = { ...next, seats: sellsSeats(next.plan) ? Math.max(next.seats ?? current.seats ?? 1, seatsInUse, 1) : undefined };
    const over = await this.usage.obstacles(tx, organizationId, current, wanted, now);
    return over.length > 0 ? current : wanted;
  }

  /** The end of a trial that nobody pays for, as the catalog wants it. */
  #unpaidTrial(now: Date): SubscriptionChanges {
    const { trialEnds, fallbackPlan } = this.catalog.billing;
    return trialEnds === 'suspend' ? { status: 'paused', periodEnd: null } : { status: 'active', ...withoutPrice(fallbackPlan, now) };
  }
}

const due = ({ subscription: { status, provider, periodEnd } }: LockedSubscription, now: Date): boolean =>
  provider === 'manual' && (status === 'active' || status === 'past_due') && periodEnd !== null && periodEnd <= now;
