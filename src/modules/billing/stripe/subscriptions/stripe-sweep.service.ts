import { Injectable, Logger } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { SubscriptionDecisionsService } from '../../subscriptions/subscription-decisions.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeInvoicesService } from './stripe-invoices.service.js';
import { StripeProvider } from './stripe.provider.js';
import { StripeReconciliationService, type Outcome } from './stripe-reconciliation.service.js';
import { baseItem } from '../prices/stripe-price.policy.js';
import { statusOf } from './stripe-subscription.policy.js';
import { unchargedMeters } from '../prices/stripe-usage-price.policy.js';

export interface SweepResult {
  /** Subscriptions that Stripe has, and that are not over. */
  readonly there: number;
  /** Ours that are collected by Stripe, and are not over. */
  readonly here: number;
  /** Ours that said something else, and say the same now. */
  readonly repaired: number;
  /** What only Stripe has, or contradicts itself: left alone, and told. */
  readonly reported: number;
  /** Subscriptions without a price of the catalog for what is used. Those who agreed without it are not charged for it unasked. */
  readonly uncharged: number;
  /** Invoices that were missed, or say something else by now. */
  readonly invoices: number;
  /** Of organizations that were deleted: they end with their period, so that nobody pays for what is gone. */
  readonly ending: number;
  /** What could not be done; the log says why. The next night tries again. */
  readonly failed: number;
}

const page = 100;

/**
 * Compares both sides: what Stripe has with ours, then ours with what Stripe has. Only what differs is fetched, and
 * written by the same rules as after an event. Stripe is right about money; what cannot be put in place is reported.
 */
@Injectable()
export class StripeSweepService {
  readonly #logger = new Logger(StripeSweepService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly reconciliation: StripeReconciliationService,
    private readonly decisions: SubscriptionDecisionsService,
    private readonly provider: StripeProvider,
    private readonly invoices: StripeInvoicesService,
    private readonly clock: Clock,
  ) {}

  /** Takes as long as it takes; no transaction is open while it waits for Stripe. */
  async run(): Promise<SweepResult> {
    const seen = new Set<string>();
    const outcomes: Outcome[] = [];
    const tried = new Tries(this.#logger);
    let uncharged = 0;
    for await (const theirs of this.client.api.subscriptions.list({ limit: page })) {
      if (statusOf(theirs) === undefined) continue;
      seen.add(theirs.id);
      const row = await this.platform.subscription.findFirst({ where: { providerSubscriptionId: theirs.id } });
      if (row !== null && this.#isUncharged(theirs)) uncharged += 1;
      const drift = row === null ? undefined : this.reconciliation.drift(theirs, row);
      // What a schedule changes is in no list: it is asked for.
      if (drift === undefined || Object.keys(drift).length > 0 || theirs.schedule !== null)
        await tried.do({ subscriptionId: theirs.id }, async () => outcomes.push(await this.reconciliation.reconcile(theirs.id)));
    }
    const there = seen.size;
    const here = await this.#ours(seen, outcomes, tried);
    const invoices = await this.invoices.catchUp(this.clock.now());
    const ending = await this.#endDeleted(tried);
    const count = (outcome: Outcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length;
    return { there, here, repaired: count('changed'), reported: count('reported'), invoices, uncharged, ending, failed: tried.failed };
  }

  #isUncharged(theirs: Stripe.Subscription): boolean {
    const base = baseItem(theirs, this.catalog);
    const meters = base === undefined ? [] : unchargedMeters(theirs, base.price.interval, this.catalog.meters);
    if (meters.length > 0) this.#logger.warn({ subscriptionId: theirs.id, meters }, 'a subscription has no price for what is used: add it in Stripe, if that was agreed');
    return meters.length > 0;
  }

  async #ours(seen: ReadonlySet<string>, outcomes: Outcome[], tried: Tries): Promise<number> {
    let here = 0;
    for (let after = ''; ;) {
      const where = { provider: 'stripe', status: { not: 'canceled' as const }, providerSubscriptionId: { gt: after } };
      const rows = await this.platform.subscription.findMany({ where, orderBy: { providerSubscriptionId: 'asc' }, take: page, select: { providerSubscriptionId: true } });
      for (const { providerSubscriptionId: id } of rows) {
        if (id === null) continue;
        after = id;
        here += 1;
        if (!seen.has(id)) await tried.do({ subscriptionId: id }, async () => outcomes.push(await this.reconciliation.reconcile(id)));
      }
      if (rows.length < page) return here;
    }
  }

  /** Whoever restores one in time resumes its subscription. */
  async #endDeleted(tried: Tries): Promise<number> {
    const where = { provider: 'stripe', status: { not: 'canceled' as const }, cancelAtPeriodEnd: false, organization: { deletedAt: { not: null } } };
    const rows = await this.platform.subscription.findMany({ where, select: { organizationId: true } });
    let ending = 0;
    for (const { organizationId } of rows)
      await tried.do({ organizationId }, async () => {
        await this.decisions.decide(organizationId, async (_, locked) => this.provider.cancel(locked.subscription, true) ?? locked);
        ending += 1;
      });
    return ending;
  }
}

/** What fails does not keep the others. */
class Tries {
  failed = 0;

  constructor(private readonly logger: Logger) {}

  async do(ids: Readonly<Record<string, string>>, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.failed += 1;
      this.logger.warn({ ...ids, err: error }, 'a subscription could not be compared; the next night tries again');
    }
  }
}
