import type { Stripe } from 'stripe';
import type { AddOnQuantity } from '../../../../access/organization/entitlements.js';
import type { AddOnDefinition, Catalog, PlanDefinition, Price, UnitPrice } from '../../../../config/catalog/catalog.js';
import { priceOf, type BoughtAddOn, type Interval, type Terms } from '../../terms/prices.policy.js';
import { boughtOf } from '../../terms/wanted-terms.policy.js';
import { quantitiesOf } from '../../subscriptions/subscription-columns.js';

const prefix = 'tenantry';

/** The product of a plan. */
export const productOf = (plan: string): string => `${prefix}_${plan}`;

/** The product of an add-on. A plan's has no hyphens. */
export const addOnProductOf = (addOn: string): string => `${prefix}-addon-${addOn}`;

/** By which a price of the catalog is found in Stripe, e.g. `tenantry:pro:month:eur`. https://docs.stripe.com/products-prices/manage-prices#lookup-keys */
export const lookupKeyOf = (plan: string, { interval, currency }: Pick<Price, 'interval' | 'currency'>): string => [prefix, plan, interval, currency].join(':').toLowerCase();

/** The same of an add-on, e.g. `tenantry:addon:extra_storage:month:eur`: of one part more, whatever a plan is called. */
export const addOnKeyOf = (addOn: string, { interval, currency }: Pick<UnitPrice, 'interval' | 'currency'>): string =>
  [prefix, 'addon', addOn, interval, currency].join(':').toLowerCase();

/** The price that an add-on is sold at; its key alone when it is not, which no price in Stripe has. */
export function addOnKeyFor({ addOn }: BoughtAddOn, interval: Interval, currency: string | undefined): string {
  const price = priceOf(addOn, interval, currency);
  return price === undefined ? addOn.key : addOnKeyOf(addOn.key, price);
}

/** The price that terms are sold at; undefined when they are not. */
export function lookupKeyFor({ plan, interval }: Terms, currency: string | undefined): string | undefined {
  const price = priceOf(plan, interval, currency);
  return price === undefined ? undefined : lookupKeyOf(plan.key, price);
}

/** What Stripe charges `quantity` of: seats, or one of the plan. */
export const quantityOf = ({ plan, interval, seats }: Terms, currency: string | undefined): number => (priceOf(plan, interval, currency)?.perSeat === true ? (seats ?? 1) : 1);

/** Where the key is also noted, since a price loses its lookup key to the one that replaces it, and is paid on. */
export const keyInMetadata = 'tenantryPrice';

export interface KnownPrice {
  readonly plan: PlanDefinition;
  readonly price: Price;
}

/** The price of the catalog that one of Stripe's stands for; undefined for one that is none of ours. */
export function knownPrice(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>, plans: Catalog['plans']): KnownPrice | undefined {
  for (const key of [price.lookup_key, price.metadata[keyInMetadata]]) {
    const [ours, name = '', interval, currency, ...more] = key?.split(':') ?? [];
    // A longer key is that of something else, whatever the plans are called.
    const plan = ours === prefix && more.length === 0 ? [...plans.values()].find((each) => each.key.toLowerCase() === name) : undefined;
    const found = plan?.prices.find((each) => each.interval === interval && each.currency.toLowerCase() === currency);
    if (plan !== undefined && found !== undefined) return { plan, price: found };
  }
  return undefined;
}

/** The add-on of the catalog that one of Stripe's prices is of; undefined when it is of none. */
export function knownAddOn(price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>, addOns: Catalog['addOns']): AddOnDefinition | undefined {
  for (const key of [price.lookup_key, price.metadata[keyInMetadata]]) {
    const [ours, kind, name, ...more] = key?.split(':') ?? [];
    const found = ours === prefix && kind === 'addon' && more.length === 2 ? [...addOns.values()].find((each) => each.key.toLowerCase() === name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

interface PricedItem {
  readonly price: Stripe.Price;
  readonly quantity?: number | undefined;
}

interface Among<Item> extends KnownPrice {
  readonly item: Item;
  /** The other items that are add-ons, as our rows have them. */
  readonly addOns: readonly AddOnQuantity[];
}

export type BaseItem = Among<Stripe.SubscriptionItem>;
export type ScheduledItem = Among<PricedItem>;

/** The one item of a subscription that is a plan; beside it there may be add-ons, and some that are charged by usage. */
export const baseItem = ({ items }: Stripe.Subscription, catalog: Pick<Catalog, 'plans' | 'addOns'>): BaseItem | undefined => planAmong(items.data, catalog);

/** What a schedule changes a subscription to with the next period; null when it changes nothing any more, undefined where it cannot be told. */
export function scheduledItem({ schedule }: Stripe.Subscription, catalog: Pick<Catalog, 'plans' | 'addOns'>): ScheduledItem | null | undefined {
  if (schedule === null) return null;
  if (typeof schedule === 'string') return undefined;
  const { current_phase: current, phases } = schedule;
  const next = phases.find(({ start_date: start }) => current !== null && start >= current.end_date);
  if (next === undefined) return null;
  const items = next.items.flatMap(({ price, quantity }) => (typeof price === 'string' || price.deleted === true ? [] : [{ price, quantity }]));
  return planAmong(items, catalog);
}

function planAmong<Item extends PricedItem>(items: readonly Item[], { plans, addOns }: Pick<Catalog, 'plans' | 'addOns'>): Among<Item> | undefined {
  const found = items.flatMap((item) => {
    const known = knownPrice(item.price, plans);
    return known === undefined ? [] : [{ item, ...known }];
  });
  const [base] = found;
  return base === undefined || found.length > 1 ? undefined : { ...base, addOns: addOnsOf(items, addOns) };
}

/** As many as a row of ours may have. Who is sold more in Stripe's dashboard has so many here. */
const mostOfAddOn = 1_000_000;

/** Each add-on once, whatever prices it has there: an older one may still be paid. */
function addOnsOf(items: readonly PricedItem[], addOns: Catalog['addOns']): readonly AddOnQuantity[] {
  const quantities = new Map<string, number>();
  for (const { price, quantity = 1 } of items) {
    const addOn = knownAddOn(price, addOns);
    if (addOn !== undefined && quantity > 0) quantities.set(addOn.key, Math.min((quantities.get(addOn.key) ?? 0) + quantity, mostOfAddOn));
  }
  return quantitiesOf(
    boughtOf(
      [...quantities].map(([key, quantity]) => ({ key, quantity })),
      addOns,
    ),
  );
}
