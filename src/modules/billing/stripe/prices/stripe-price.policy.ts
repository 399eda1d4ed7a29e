import type { Stripe } from 'stripe';
import type { AddOnQuantity } from '../../../../access/organization/entitlements.js';
import type { AddOnDefinition, Catalog, PlanDefinition, Price, UnitPrice } from '../../../../config/catalog/catalog.js';
import { priceOf, type BoughtAddOn, type Interval, type Terms } from '../../terms/prices.policy.js';
import { boughtOf, quantitiesOf } from '../../terms/wanted-terms.policy.js';

const prefix = 'tenantry';

/** Returns the product id of a plan. Plan keys contain no hyphens: the ids of plans and add-ons cannot collide. */
export const productOf = (plan: string): string => `${prefix}_${plan}`;

/** Returns the product id of an add-on. */
export const addOnProductOf = (addOn: string): string => `${prefix}-addon-${addOn}`;

/** Returns the lookup key of a plan's price in Stripe, e.g. `tenantry:pro:month:eur`. https://docs.stripe.com/products-prices/manage-prices#lookup-keys */
export const lookupKeyOf = (plan: string, { interval, currency }: Pick<Price, 'interval' | 'currency'>): string => [prefix, plan, interval, currency].join(':').toLowerCase();

/** Returns the lookup key of an add-on's price, e.g. `tenantry:addon:extra_storage:month:eur`. It has one part more than that of any plan. */
export const addOnKeyOf = (addOn: string, { interval, currency }: Pick<UnitPrice, 'interval' | 'currency'>): string =>
  [prefix, 'addon', addOn, interval, currency].join(':').toLowerCase();

/** Returns the lookup key of an add-on's price, or the key of the add-on (which no price in Stripe has) if it is not sold so. */
export function addOnKeyFor({ addOn }: BoughtAddOn, interval: Interval, currency: string | undefined): string {
  const price = priceOf(addOn, interval, currency);
  return price === undefined ? addOn.key : addOnKeyOf(addOn.key, price);
}

/** Returns the lookup key of the plan's price, or undefined if the plan is not sold so. */
export function lookupKeyFor({ plan, interval }: Terms, currency: string | undefined): string | undefined {
  const price = priceOf(plan, interval, currency);
  return price === undefined ? undefined : lookupKeyOf(plan.key, price);
}

/** Returns the quantity of the plan's item: the seats, or one. */
export const quantityOf = ({ plan, interval, seats }: Terms, currency: string | undefined): number => (priceOf(plan, interval, currency)?.perSeat === true ? (seats ?? 1) : 1);

/** The metadata field that repeats the lookup key. A price loses its lookup key to the price that replaces it, but customers continue to pay it. */
export const keyInMetadata = 'tenantryPrice';

export interface KnownPrice {
  readonly plan: PlanDefinition;
  readonly price: Price;
}

/** Returns the catalog price that a Stripe price represents, or undefined if tenantry did not create it. */
export function knownPrice(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>, plans: Catalog['plans']): KnownPrice | undefined {
  for (const key of [price.lookup_key, price.metadata[keyInMetadata]]) {
    const [first, name = '', interval, currency, ...more] = key?.split(':') ?? [];
    // A key with more parts belongs to an add-on or a meter.
    const plan = first === prefix && more.length === 0 ? [...plans.values()].find((each) => each.key.toLowerCase() === name) : undefined;
    const found = plan?.prices.find((each) => each.interval === interval && each.currency.toLowerCase() === currency);
    if (plan !== undefined && found !== undefined) return { plan, price: found };
  }
  return undefined;
}

/** Returns the add-on that a Stripe price belongs to, or undefined. */
export function knownAddOn(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>, addOns: Catalog['addOns']): AddOnDefinition | undefined {
  for (const key of [price.lookup_key, price.metadata[keyInMetadata]]) {
    const [first, kind, name, ...more] = key?.split(':') ?? [];
    const found = first === prefix && kind === 'addon' && more.length === 2 ? [...addOns.values()].find((each) => each.key.toLowerCase() === name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

interface PricedItem {
  readonly price: Stripe.Price;
  readonly quantity?: number | undefined;
}

interface PlanItem<Item> extends KnownPrice {
  readonly item: Item;
  /** The other items that are add-ons, as they are stored. */
  readonly addOns: readonly AddOnQuantity[];
}

export type BaseItem = PlanItem<Stripe.SubscriptionItem>;
export type ScheduledItem = PlanItem<PricedItem>;

/** Returns the one item of a subscription that is a plan; undefined if there is none, or more than one. */
export const baseItem = ({ items }: Stripe.Subscription, catalog: Pick<Catalog, 'plans' | 'addOns'>): BaseItem | undefined => findPlanItem(items.data, catalog);

/** Returns the phase of a schedule that begins when the current one ends; undefined if none does. */
export const comingPhase = ({ current_phase: current, phases }: Stripe.SubscriptionSchedule): Stripe.SubscriptionSchedule.Phase | undefined =>
  phases.find(({ start_date: start }) => current !== null && start >= current.end_date);

/** Returns the plan item that a schedule sets with the next period; null if it sets none, undefined if it cannot be determined. */
export function scheduledItem({ schedule }: Stripe.Subscription, catalog: Pick<Catalog, 'plans' | 'addOns'>): ScheduledItem | null | undefined {
  if (schedule === null) return null;
  if (typeof schedule === 'string') return undefined;
  const next = comingPhase(schedule);
  if (next === undefined) return null;
  const items = next.items.flatMap(({ price, quantity }) => (typeof price === 'string' || price.deleted === true ? [] : [{ price, quantity }]));
  return findPlanItem(items, catalog);
}

function findPlanItem<Item extends PricedItem>(items: readonly Item[], { plans, addOns }: Pick<Catalog, 'plans' | 'addOns'>): PlanItem<Item> | undefined {
  const found = items.flatMap((item) => {
    const known = knownPrice(item.price, plans);
    return known === undefined ? [] : [{ item, ...known }];
  });
  const [base] = found;
  return base === undefined || found.length > 1 ? undefined : { ...base, addOns: addOnsOf(items, addOns) };
}

/** The maximum quantity that a row stores. If Stripe's dashboard sold more, the row has this quantity. */
const maxAddOnQuantity = 1_000_000;

/** Sums the quantities of each add-on: one subscription may have its old and its new price. */
function addOnsOf(items: readonly PricedItem[], addOns: Catalog['addOns']): readonly AddOnQuantity[] {
  const quantities = new Map<string, number>();
  for (const { price, quantity = 1 } of items) {
    const addOn = knownAddOn(price, addOns);
    if (addOn !== undefined && quantity > 0) quantities.set(addOn.key, Math.min((quantities.get(addOn.key) ?? 0) + quantity, maxAddOnQuantity));
  }
  return quantitiesOf(
    boughtOf(
      [...quantities].map(([key, quantity]) => ({ key, quantity })),
      addOns,
    ),
  );
}
