import { Injectable, Logger } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { SubscriptionsService } from '../../subscriptions/subscriptions.service.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeInvoicesService } from './stripe-invoices.service.js';
import { StripeReconciliationService, type Outcome } from './stripe-reconciliation.service.js';
import { baseItem } from '../prices/stripe-price.policy.js';
import { statusOf } from './stripe-subscription.policy.js';
import { unchargedMeters } from '../prices/stripe-usage-price.policy.js';

export interface ComparisonResult {
  /** Subscriptions in Stripe that have not ended. */
  readonly there: number;
  /** Rows of subscriptions that Stripe collects for and that have not ended. */
  readonly here: number;
  /** Rows that differed from Stripe, and were corrected. */
  readonly repaired: number;
  /** Subscriptions that belong to no organization, or to several: reported, and not changed. */
  readonly reported: number;
  /** Subscriptions without an item for a usage price of the catalog. tenantry does not add it: the customer has not agreed to it. */
  readonly uncharged: number;
  /** Invoices that were missed or had changed, and were copied. */
  readonly invoices: number;
  /** Subscriptions of deleted organizations that were set to end with their period. */
  readonly ending: number;
  /** Subscriptions whose comparison failed. The log has the reason; the next night tries again. */
  readonly failed: number;
}

const page = 100;

/**
 * Compares all subscriptions and recent invoices with Stripe, in both directions. Fetches only what differs, and writes it as
 * after an event. Stripe is the authority about money; what belongs to no organization is reported.
 */
@Injectable()
export class StripeComparisonService {
  readonly #logger = new Logger(StripeComparisonService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly reconciliation: StripeReconciliationService,
    private readonly subscriptions: SubscriptionsService,
    private readonly invoices: StripeInvoicesService,
    private readonly clock: Clock,
  ) {}

  /** Runs the comparison. No transaction is open while it waits for Stripe. */
  async compareAll(): Promise<ComparisonResult> {
    const seen = new Set<string>();
    const outcomes: Outcome[] = [];
    const tried = new Tries(this.#logger);
    let uncharged = 0;
    for await (const stripeSubscription of this.client.api.subscriptions.list({ limit: page })) {
      if (statusOf(stripeSubscription) === undefined) continue;
      seen.add(stripeSubscription.id);
      const row = await this.platform.subscription.findFirst({ where: { providerSubscriptionId: stripeSubscription.id } });
      if (row !== null && this.#isUncharged(stripeSubscription)) uncharged += 1;
      const drift = row === null ? undefined : this.reconciliation.findDrift(stripeSubscription, row);
      // Lists do not contain the phases of a schedule.
      if (drift === undefined || Object.keys(drift).length > 0 || stripeSubscription.schedule !== null)
        await tried.do({ subscriptionId: stripeSubscription.id }, async () => outcomes.push(await this.reconciliation.reconcileSubscription(stripeSubscription.id)));
    }
    const there = seen.size;
    const here = await this.#reconcileUnseen(seen, outcomes, tried);
    const invoices = await this.invoices.copyMissedInvoices(this.clock.now());
    const ending = await this.#endDeleted(tried);
    const count = (outcome: Outcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length;
    return { there, here, repaired: count('changed'), reported: count('reported'), invoices, uncharged, ending, failed: tried.failed };
  }

  #isUncharged(stripeSubscription: Stripe.Subscription): boolean {
    const base = baseItem(stripeSubscription, this.catalog);
    const meters = base === undefined ? [] : unchargedMeters(stripeSubscription, base.price.interval, this.catalog.meters);
    if (meters.length > 0)
      this.#logger.warn(
        { subscriptionId: stripeSubscription.id, meters },
        'a subscription has no item for a usage price of the catalog: add it in Stripe if the customer has agreed to it',
      );
    return meters.length > 0;
  }

  /** Compares the rows whose subscription Stripe did not list. */
  async #reconcileUnseen(seen: ReadonlySet<string>, outcomes: Outcome[], tried: Tries): Promise<number> {
    let here = 0;
    for (let after = ''; ;) {
      const where = { provider: 'stripe', status: { not: 'canceled' as const }, providerSubscriptionId: { gt: after } };
      const rows = await this.platform.subscription.findMany({ where, orderBy: { providerSubscriptionId: 'asc' }, take: page, select: { providerSubscriptionId: true } });
      for (const { providerSubscriptionId: id } of rows) {
        if (id === null) continue;
        after = id;
        here += 1;
        if (!seen.has(id)) await tried.do({ subscriptionId: id }, async () => outcomes.push(await this.reconciliation.reconcileSubscription(id)));
      }
      if (rows.length < page) return here;
    }
  }

  /** Cancels the subscriptions of deleted organizations at the end of their period. If an organization is restored in time, its subscription can be resumed. */
  async #endDeleted(tried: Tries): Promise<number> {
    const where = { provider: 'stripe', status: { not: 'canceled' as const }, cancelAtPeriodEnd: false, organization: { deletedAt: { not: null } } };
    const rows = await this.platform.subscription.findMany({ where, select: { organizationId: true } });
    let ending = 0;
    for (const { organizationId } of rows)
      await tried.do({ organizationId }, async () => {
        await this.subscriptions.cancelAtProvider(organizationId);
        ending += 1;
      });
    return ending;
  }
}

/** Runs the comparisons one by one, logs those that fail, and counts them. */
class Tries {
  failed = 0;

  constructor(private readonly logger: Logger) {}

  async do(ids: Readonly<Record<string, string>>, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.failed += 1;
      this.logger.warn({ ...ids, err: error }, 'could not compare a subscription with Stripe; the next night tries again');
    }
  }
}
