import type { Stripe } from 'stripe';
import type { Catalog } from '../../../../config/catalog/catalog.js';
import { baseItem, knownAddOn } from './stripe-price.policy.js';
import { meterOf } from './stripe-usage-price.policy.js';

/** Something that is to be paid for: the plan, or an add-on. */
export interface WantedItem {
  /** Undefined for the plan. */
  readonly addOn: string | undefined;
  readonly price: string;
  readonly quantity: number;
}

/** An item of a phase of a schedule. */
export type PhaseItem = Pick<WantedItem, 'price'> & Partial<Pick<WantedItem, 'quantity'>>;

export interface ItemsAfter {
  /** Only what changes, for an update: what is not named stays. */
  readonly changed: readonly Stripe.SubscriptionUpdateParams.Item[];
  /** All items as they are, and as they are to be but for usage, for the phases of a schedule. */
  readonly before: readonly PhaseItem[];
  readonly after: readonly PhaseItem[];
}

/** How plan and add-ons of a subscription become those that are wanted. Usage is left to `StripeUsageItems`; what is none of ours stays. */
export function itemsAfter(theirs: Stripe.Subscription, wanted: readonly WantedItem[], catalog: Pick<Catalog, 'plans' | 'addOns'>): ItemsAfter {
  const items = theirs.items.data;
  const addOnOf = ({ price }: Stripe.SubscriptionItem): string | undefined => knownAddOn(price, catalog.addOns)?.key;
  // Where its price is none of ours, the plan is what comes first.
  const base = baseItem(theirs, catalog)?.item.id ?? items.find((item) => addOnOf(item) === undefined && meterOf(item.price) === undefined)?.id;
  const taken = new Map<WantedItem, string>();
  for (const each of wanted) {
    const item = items.find((candidate) => (each.addOn === undefined ? candidate.id === base : addOnOf(candidate) === each.addOn));
    if (item !== undefined) taken.set(each, item.id);
  }
  const kept = items.filter((item) => item.id !== base && addOnOf(item) === undefined && meterOf(item.price) === undefined);
  const gone = items.filter((item) => addOnOf(item) !== undefined && ![...taken.values()].includes(item.id));
  const changed = wanted.map((each) => {
    const id = taken.get(each);
    return { ...(id === undefined ? {} : { id }), price: each.price, quantity: each.quantity };
  });
  return {
    changed: [...changed, ...gone.map(({ id }) => ({ id, deleted: true }))],
    before: items.map(asPhaseItem),
    after: [...wanted.map(({ price, quantity }) => ({ price, quantity })), ...kept.map(asPhaseItem)],
  };
}

const asPhaseItem = ({ price: { id }, quantity }: Stripe.SubscriptionItem): PhaseItem => ({ price: id, ...(quantity === undefined ? {} : { quantity }) });
