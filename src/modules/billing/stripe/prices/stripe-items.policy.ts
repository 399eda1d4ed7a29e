import type { Stripe } from 'stripe';
import type { Catalog } from '../../../../config/catalog/catalog.js';
import { baseItem, keyInMetadata, knownAddOn } from './stripe-price.policy.js';
import { meterOf } from './stripe-usage-price.policy.js';

/** An item that the wanted terms have: the plan, or an add-on. */
export interface WantedItem {
  /** Undefined for the plan. */
  readonly addOn: string | undefined;
  /** The lookup key of the price. */
  readonly key: string;
  readonly price: string;
  readonly quantity: number;
}

/** An item of a phase of a schedule. */
export type PhaseItem = Pick<WantedItem, 'price'> & Partial<Pick<WantedItem, 'quantity'>>;

export interface ItemsAfter {
  /** The changed items, for an update. Items that it does not name stay. */
  readonly changed: readonly Stripe.SubscriptionUpdateParams.Item[];
  /** All items now, and after the change without usage items: the phases of a schedule. */
  readonly before: readonly PhaseItem[];
  readonly after: readonly PhaseItem[];
}

/** Returns the changes that give a subscription the wanted plan and add-ons. `StripeUsageItemsService` changes usage items; items that tenantry did not create stay. */
export function itemsAfter(stripeSubscription: Stripe.Subscription, wanted: readonly WantedItem[], catalog: Pick<Catalog, 'plans' | 'addOns'>): ItemsAfter {
  const items = stripeSubscription.items.data;
  const addOnOf = ({ price }: Stripe.SubscriptionItem): string | undefined => knownAddOn(price, catalog.addOns)?.key;
  // If tenantry did not create the plan's price, the first item that is no add-on or meter counts as the plan.
  const base = baseItem(stripeSubscription, catalog)?.item.id ?? items.find((item) => addOnOf(item) === undefined && meterOf(item.price) === undefined)?.id;
  const taken = new Map<WantedItem, string>();
  for (const each of wanted) {
    const item = items.find((candidate) => (each.addOn === undefined ? candidate.id === base : addOnOf(candidate) === each.addOn));
    if (item !== undefined) taken.set(each, item.id);
  }
  const kept = items.filter((item) => item.id !== base && addOnOf(item) === undefined && meterOf(item.price) === undefined);
  const gone = items.filter((item) => addOnOf(item) !== undefined && ![...taken.values()].includes(item.id));
  // An item that does not change keeps its price, also one that a newer price has replaced.
  const stays = ({ key, quantity }: WantedItem, id: string | undefined): boolean =>
    items.some((item) => item.id === id && item.quantity === quantity && [item.price.lookup_key, item.price.metadata[keyInMetadata]].includes(key));
  const changed = wanted.flatMap((each) => {
    const id = taken.get(each);
    return stays(each, id) ? [] : [{ ...(id === undefined ? {} : { id }), price: each.price, quantity: each.quantity }];
  });
  return {
    changed: [...changed, ...gone.map(({ id }) => ({ id, deleted: true }))],
    before: items.map(asPhaseItem),
    after: [...wanted.map(({ price, quantity }) => ({ price, quantity })), ...kept.map(asPhaseItem)],
  };
}

/** Returns an item as a phase of a schedule names it. */
export const asPhaseItem = ({ price: { id }, quantity }: Stripe.SubscriptionItem): PhaseItem => ({ price: id, ...(quantity === undefined ? {} : { quantity }) });
