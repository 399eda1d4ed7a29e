import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Clock } from '../../../../common/clock.js';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import type { Subscription } from '../../../../generated/prisma/client.js';
import { SubscriptionStoreService, type LockedSubscription, type SubscriptionChanges } from '../../subscriptions/subscription-store.service.js';
import { wayBetween } from '../../terms/subscription-status.policy.js';
import { isMissing, StripeClientService } from '../stripe-client.service.js';
import { StripeOwnersService, type Problem } from './stripe-owners.service.js';
import { baseItem, scheduledItem } from '../prices/stripe-price.policy.js';
import { differences, eventOf, idOf, isAlive, stateOf, statusOf } from './stripe-subscription.policy.js';

export type Outcome = { readonly outcome: 'changed' | 'unchanged' | 'ignored' } | { readonly outcome: 'reported'; readonly problem: Problem };

interface Sight {
  readonly theirs: Stripe.Subscription;
  /** Our row, as it was before Stripe was asked. */
  readonly row: Subscription;
  readonly also: SubscriptionChanges;
}

/** Others change the same subscription; each time it is asked for again. */
const mostTries = 10;

/**
 * Makes a subscription of ours say what Stripe's says. What an event says is never believed, for events come late, twice
 * and out of order: the subscription is fetched. Nothing is locked meanwhile. Instead, our row must still be, once locked,
 * as it was before Stripe was asked; else something newer may stand in it, and Stripe is asked again. So what is written
 * is never older than what it replaces.
 */
@Injectable()
export class StripeReconciliationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly owners: StripeOwnersService,
    private readonly client: StripeClientService,
    private readonly clock: Clock,
  ) {}

  /** @param also what else is known of it: what was just scheduled */
  async reconcile(subscriptionId: string, also: SubscriptionChanges = {}): Promise<Outcome> {
    let written: Outcome | undefined;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const outcome = await this.#attempt(subscriptionId, written === undefined ? also : {});
      if (outcome === undefined) continue;
      if (outcome.outcome !== 'changed') return written ?? outcome;
      // Somebody who saw something newer meanwhile may have found it in our row, and so left no trace: it is looked at once more.
      written = outcome;
    }
    throw new Error(`the subscription ${subscriptionId} is changed again and again`);
  }

  /** What our row lacks of what Stripe was seen to have; undefined where Stripe must be asked about more. */
  drift(theirs: Stripe.Subscription, row: Subscription): SubscriptionChanges | undefined {
    const status = statusOf(theirs);
    const base = baseItem(theirs, this.catalog);
    if (status === undefined || base === undefined || row.providerSubscriptionId !== theirs.id) return undefined;
    return differences(row, stateOf(theirs, { base, next: scheduledItem(theirs, this.catalog) }, row, status, this.clock.now()));
  }

  /** Undefined when our row was changed while Stripe was asked. */
  async #attempt(subscriptionId: string, also: SubscriptionChanges): Promise<Outcome | undefined> {
    const known = await this.platform.subscription.findFirst({ where: { providerSubscriptionId: subscriptionId } });
    const theirs = await this.#fetch(subscriptionId);
    if (theirs === undefined) return this.#report('missing_there', known === null ? [] : [known.organizationId], { subscriptionId });
    const customer = typeof theirs.customer === 'object' && theirs.customer.deleted !== true ? theirs.customer.metadata : {};
    const customerId = idOf(theirs.customer);
    const owner = await this.owners.of({ subscriptionId, customerId, named: [theirs.metadata['organizationId'], customer['organizationId']] });
    if ('problem' in owner) return this.#report(owner.problem, owner.organizationIds, { subscriptionId, customerId });
    if (known !== null) return this.#judge({ theirs, row: known, also });
    // Whose it is was learnt from Stripe only now: the row is read first, and Stripe asked after that.
    const row = await this.platform.subscription.findFirstOrThrow({ where: { organizationId: owner.organizationId } });
    const again = await this.#fetch(subscriptionId);
    return again === undefined ? undefined : this.#judge({ theirs: again, row, also });
  }

  async #judge(sight: Sight): Promise<Outcome | undefined> {
    const { theirs, row } = sight;
    const status = statusOf(theirs);
    if (status === undefined) return { outcome: 'ignored' };
    const rival = row.providerSubscriptionId === null || row.providerSubscriptionId === theirs.id ? undefined : await this.#fetch(row.providerSubscriptionId);
    const loses = rival !== undefined && (isAlive(rival) ? !isAlive(theirs) || theirs.created <= rival.created : !isAlive(theirs) && theirs.created <= rival.created);
    const two = rival !== undefined && isAlive(rival) && isAlive(theirs);
    if (two) await this.#report('second_subscription', [row.organizationId], { subscriptionId: (loses ? theirs : rival).id, customerId: idOf(theirs.customer) });
    if (loses) return two ? { outcome: 'reported', problem: 'second_subscription' } : { outcome: 'ignored' };
    // What ended before it was ever ours leaves what is ours alone.
    if (status === 'canceled' && row.providerSubscriptionId !== theirs.id) return { outcome: 'ignored' };
    const base = baseItem(theirs, this.catalog);
    if (base === undefined && status !== 'canceled') await this.owners.report('unknown_price', [row.organizationId], { subscriptionId: theirs.id });
    if (base === undefined && row.providerSubscriptionId !== theirs.id) return { outcome: 'reported', problem: 'unknown_price' };
    const wanted = { ...stateOf(theirs, { base, next: scheduledItem(theirs, this.catalog) }, row, status, this.clock.now()), ...sight.also };
    const written = await this.#write(row, wanted);
    return base === undefined && status !== 'canceled' && written !== undefined ? { outcome: 'reported', problem: 'unknown_price' } : written;
  }

  #write(row: Subscription, wanted: SubscriptionChanges): Promise<Outcome | undefined> {
    const at = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, row.organizationId);
      if (locked.subscription.version !== row.version) return undefined;
      const changes = differences(locked.subscription, wanted);
      if (Object.keys(changes).length === 0) return { outcome: 'unchanged' };
      const near = await this.#goBetween(tx, locked, wanted, at);
      await this.store.write(tx, near, differences(near.subscription, wanted), at, eventOf(locked.subscription, changes));
      return { outcome: 'changed' };
    });
  }

  /** Stripe tells only how it ended. @throws {ImpossibleTransitionError} from the store, where no way is known */
  async #goBetween(tx: PlatformTransaction, locked: LockedSubscription, { status, pastDueSince }: SubscriptionChanges, at: Date): Promise<LockedSubscription> {
    let near = locked;
    for (const over of status === undefined ? [] : (wayBetween(locked.subscription.status, status) ?? []))
      near = await this.store.write(tx, near, { status: over, ...(over === 'past_due' ? { pastDueSince: pastDueSince ?? locked.subscription.pastDueSince ?? at } : {}) }, at);
    return near;
  }

  async #fetch(subscriptionId: string): Promise<Stripe.Subscription | undefined> {
    try {
      return await this.client.api.subscriptions.retrieve(subscriptionId, { expand: ['customer', 'schedule.phases.items.price'] });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #report(problem: Problem, organizationIds: readonly string[], ids: Readonly<Record<string, string | undefined>>): Promise<Outcome> {
    await this.owners.report(problem, organizationIds, ids);
    return { outcome: 'reported', problem };
  }
}
