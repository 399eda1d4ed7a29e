import { Injectable, Logger } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { StripeChanges } from './stripe-changes.service.js';
import { StripeClient } from './stripe-client.service.js';
import { StripeInvoices } from './stripe-invoices.service.js';
import { StripeReconciliation, type Outcome } from './stripe-reconciliation.service.js';
import { baseItem } from './stripe-price.policy.js';
import { statusOf } from './stripe-subscription.policy.js';
import { unchargedMeters } from './stripe-usage-price.policy.js';

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
}

const page = 100;

/**
 * Compares both sides: what Stripe has with ours, then ours with what Stripe has. Only what differs is fetched, and
 * written by the same rules as after an event. Stripe is right about money; what cannot be put in place is reported.
 */
@Injectable()
export class StripeSweep {
  readonly #logger = new Logger(StripeSweep.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly client: StripeClient,
    private readonly catalog: Catalog,
    private readonly reconciliation: StripeReconciliation,
    private readonly changes: StripeChanges,
    private readonly invoices: StripeInvoices,
    private readonly clock: Clock,
  ) {}

  /** Takes as long as it takes; no transaction is open while it waits for Stripe. */
  async run(): Promise<SweepResult> {
    const seen = new Set<string>();
    const outcomes: Outcome[] = [];
    let uncharged = 0;
    for await (const theirs of this.client.api.subscriptions.list({ limit: page })) {
      if (statusOf(theirs) === undefined) continue;
      seen.add(theirs.id);
      const row = await this.platform.subscription.findFirst({ where: { providerSubscriptionId: theirs.id } });
      if (row !== null && this.#isUncharged(theirs)) uncharged += 1;
      const drift = row === null ? undefined : this.reconciliation.drift(theirs, row);
      if (drift === undefined || Object.keys(drift).length > 0) outcomes.push(await this.reconciliation.reconcile(theirs.id));
    }
    const there = seen.size;
    const here = await this.#ours(seen, outcomes);
    const invoices = await this.invoices.catchUp(this.clock.now());
    const ending = await this.#endDeleted();
    const count = (outcome: Outcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length;
    return { there, here, repaired: count('changed'), reported: count('reported'), invoices, uncharged, ending };
  }

  #isUncharged(theirs: Stripe.Subscription): boolean {
    const base = baseItem(theirs, this.catalog);
    const meters = base === undefined ? [] : unchargedMeters(theirs, base.price.interval, this.catalog.meters);
    if (meters.length > 0) this.#logger.warn({ subscriptionId: theirs.id, meters }, 'a subscription has no price for what is used: add it in Stripe, if that was agreed');
    return meters.length > 0;
  }

  async #ours(seen: ReadonlySet<string>, outcomes: Outcome[]): Promise<number> {
    let here = 0;
    for (let after = ''; ;) {
      const where = { provider: 'stripe', status: { not: 'canceled' as const }, providerSubscriptionId: { gt: after } };
      const rows = await this.platform.subscription.findMany({ where, orderBy: { providerSubscriptionId: 'asc' }, take: page, select: { providerSubscriptionId: true } });
      for (const { providerSubscriptionId: id } of rows) {
        if (id === null) continue;
        after = id;
        here += 1;
        if (!seen.has(id)) outcomes.push(await this.reconciliation.reconcile(id));
      }
      if (rows.length < page) return here;
    }
  }

  /** Whoever restores one in time resumes its subscription. */
  async #endDeleted(): Promise<number> {
    const where = { provider: 'stripe', status: { not: 'canceled' as const }, cancelAtPeriodEnd: false, organization: { deletedAt: { not: null } } };
    const rows = await this.platform.subscription.findMany({ where });
    for (const row of rows) {
      const id = row.providerSubscriptionId ?? '';
      await this.changes.endLater(row, await this.client.api.subscriptions.retrieve(id));
      await this.reconciliation.reconcile(id);
    }
    return rows.length;
  }
}
