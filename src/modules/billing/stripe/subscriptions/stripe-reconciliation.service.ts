import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from '../../subscriptions/subscription-store.service.js';
import { statusesBetween } from '../../terms/subscription-status.policy.js';
import { isMissing, StripeClientService } from '../stripe-client.service.js';
import { StripeOrganizationsService, type Problem } from './stripe-organizations.service.js';
import { baseItem, scheduledItem } from '../prices/stripe-price.policy.js';
import { comparedFields, differences, eventOf, idOf, isAlive, stateOf, statusOf } from './stripe-subscription.policy.js';

export type Outcome = { readonly outcome: 'changed' | 'unchanged' | 'ignored' } | { readonly outcome: 'reported'; readonly problem: Problem };

/** A Stripe subscription, and the row as it was before Stripe was asked. */
interface Observation {
  readonly stripeSubscription: Stripe.Subscription;
  readonly row: Subscription;
  /** Columns that Stripe's answer may not contain yet. */
  readonly also: SubscriptionChanges;
}

/** The maximum number of attempts while others change the same subscription. */
const maxAttempts = 10;

/**
 * Copies subscriptions from Stripe. Events arrive late, twice and out of order; their content is ignored, and the
 * subscription is fetched. No lock is held during the call. Instead, the row must still have the version that it had
 * before Stripe was asked; otherwise it may contain newer data, and Stripe is asked again. An older answer never replaces
 * newer data.
 */
@Injectable()
export class StripeReconciliationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly organizations: StripeOrganizationsService,
    private readonly client: StripeClientService,
    private readonly clock: Clock,
  ) {}

  /**
   * Fetches a subscription and copies it to the row.
   *
   * @param also columns that Stripe's answer may not contain yet: a change that was just scheduled
   */
  async reconcileSubscription(subscriptionId: string, also: SubscriptionChanges = {}): Promise<Outcome> {
    let written: Outcome | undefined;
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      const outcome = await this.#attempt(subscriptionId, written === undefined ? also : {});
      if (outcome === undefined) continue;
      if (outcome.outcome !== 'changed') return written ?? outcome;
      // A concurrent call with a newer answer may have found nothing to change after this write: compare once more.
      written = outcome;
    }
    throw new Error(`the subscription ${subscriptionId} changes too often to be copied`);
  }

  /** Returns the columns in which the row differs from Stripe; undefined if the subscription must be fetched to tell. */
  findDrift(stripeSubscription: Stripe.Subscription, row: Subscription): SubscriptionChanges | undefined {
    const status = statusOf(stripeSubscription);
    const base = baseItem(stripeSubscription, this.catalog);
    if (status === undefined || base === undefined || row.providerSubscriptionId !== stripeSubscription.id) return undefined;
    return differences(row, stateOf(stripeSubscription, { base, next: scheduledItem(stripeSubscription, this.catalog) }, row, status, this.clock.now()));
  }

  /** @returns undefined if the row was changed during the call */
  async #attempt(subscriptionId: string, also: SubscriptionChanges): Promise<Outcome | undefined> {
    const known = await this.platform.subscription.findFirst({ where: { providerSubscriptionId: subscriptionId } });
    const stripeSubscription = await this.#fetch(subscriptionId);
    if (stripeSubscription === undefined) return this.#report('missing_there', known === null ? [] : [known.organizationId], { subscriptionId });
    const customer = typeof stripeSubscription.customer === 'object' && stripeSubscription.customer.deleted !== true ? stripeSubscription.customer.metadata : {};
    const customerId = idOf(stripeSubscription.customer);
    const owner = await this.organizations.findOrganization({ subscriptionId, customerId, named: [stripeSubscription.metadata['organizationId'], customer['organizationId']] });
    if ('problem' in owner) return this.#report(owner.problem, owner.organizationIds, { subscriptionId, customerId });
    if (known !== null) return this.#copy({ stripeSubscription, row: known, also });
    // The owner is known only now. The row must be read before Stripe is asked: read it, and fetch again.
    const row = await this.platform.subscription.findFirstOrThrow({ where: { organizationId: owner.organizationId } });
    const again = await this.#fetch(subscriptionId);
    return again === undefined ? undefined : this.#copy({ stripeSubscription: again, row, also });
  }

  async #copy(observation: Observation): Promise<Outcome | undefined> {
    const { stripeSubscription, row } = observation;
    const status = statusOf(stripeSubscription);
    if (status === undefined) return { outcome: 'ignored' };
    const rival = row.providerSubscriptionId === null || row.providerSubscriptionId === stripeSubscription.id ? undefined : await this.#fetch(row.providerSubscriptionId);
    const isSuperseded =
      rival !== undefined &&
      (isAlive(rival) ? !isAlive(stripeSubscription) || stripeSubscription.created <= rival.created : !isAlive(stripeSubscription) && stripeSubscription.created <= rival.created);
    const bothAlive = rival !== undefined && isAlive(rival) && isAlive(stripeSubscription);
    if (bothAlive)
      await this.#report('second_subscription', [row.organizationId], {
        subscriptionId: (isSuperseded ? stripeSubscription : rival).id,
        customerId: idOf(stripeSubscription.customer),
      });
    if (isSuperseded) return bothAlive ? { outcome: 'reported', problem: 'second_subscription' } : { outcome: 'ignored' };
    // A subscription that ended before it was linked does not change the row.
    if (status === 'canceled' && row.providerSubscriptionId !== stripeSubscription.id) return { outcome: 'ignored' };
    const base = baseItem(stripeSubscription, this.catalog);
    const unknownPrice = (): Promise<Outcome> => this.#report('unknown_price', [row.organizationId], { subscriptionId: stripeSubscription.id });
    if (base === undefined && row.providerSubscriptionId !== stripeSubscription.id) return unknownPrice();
    const wanted = { ...stateOf(stripeSubscription, { base, next: scheduledItem(stripeSubscription, this.catalog) }, row, status, this.clock.now()), ...observation.also };
    const written = await this.#write(row, wanted);
    if (written === undefined || base !== undefined || status === 'canceled') return written;
    // As after each write, Stripe is asked once more: see reconcileSubscription.
    return written.outcome === 'changed' ? undefined : unknownPrice();
  }

  #write(row: Subscription, wanted: SubscriptionChanges): Promise<Outcome | undefined> {
    const at = this.clock.now();
    return this.platform.$transaction(
      async (tx) => {
        const locked = await this.store.lockSubscription(tx, row.organizationId);
        if (locked.subscription.version !== row.version) return undefined;
        const changes = differences(locked.subscription, wanted);
        if (Object.keys(changes).length === 0) return { outcome: 'unchanged' };
        const near = await this.#writeIntermediateStatuses(tx, locked, wanted, at);
        await this.store.writeSubscription(tx, near, differences(near.subscription, wanted), at, eventOf(locked.subscription, changes));
        return { outcome: 'changed' };
      },
      // Also in requests of members, which begin with a shared lock: two of them would wait for each other.
      { locksOrganization: row.organizationId },
    );
  }

  /** Stripe reports only the final status: writes the statuses in between. If there is no way, the next write throws ImpossibleTransitionError. */
  async #writeIntermediateStatuses(tx: PlatformTransaction, locked: LockedSubscription, { status, pastDueSince }: SubscriptionChanges, at: Date): Promise<LockedSubscription> {
    let near = locked;
    for (const over of status === undefined ? [] : (statusesBetween(locked.subscription.status, status) ?? []))
      near = await this.store.writeSubscription(
        tx,
        near,
        { status: over, ...(over === 'past_due' ? { pastDueSince: pastDueSince ?? locked.subscription.pastDueSince ?? at } : {}) },
        at,
      );
    return near;
  }

  async #fetch(subscriptionId: string): Promise<Stripe.Subscription | undefined> {
    try {
      return await this.client.api.subscriptions.retrieve(subscriptionId, comparedFields);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #report(problem: Problem, organizationIds: readonly string[], ids: Readonly<Record<string, string | undefined>>): Promise<Outcome> {
    await this.organizations.reportProblem(problem, organizationIds, ids);
    return { outcome: 'reported', problem };
  }
}
