import type { Stripe } from 'stripe';
import type { StripeClientService } from '../stripe-client.service.js';
import { formatAmount } from '../../terms/money.js';
import { keyInMetadata } from '../prices/stripe-price.policy.js';
import { amountsText, type StripeAmounts } from '../prices/stripe-usage-price.policy.js';

export interface CatalogSync {
  /** The objects that were created, or that a dry run would create. */
  readonly created: readonly string[];
  /** The objects that differ from the catalog, with their differences. A Stripe price cannot be changed; the operator decides what to do. */
  readonly different: readonly { readonly name: string; readonly differences: readonly string[] }[];
  /** The number of prices that match the catalog. */
  readonly matching: number;
}

/** A price as the catalog wants it. */
export interface WantedPrice {
  readonly product: string;
  readonly currency: string;
  /** The amounts, or the one in minor units that Stripe cannot charge. */
  readonly amounts: StripeAmounts | number;
  readonly recurring: { readonly interval: 'month' | 'year'; readonly usage_type?: 'metered'; readonly meter?: string };
}

type Pair = readonly [name: string, there: unknown, here: unknown];

/** One run of `billing:sync`: creates what is missing, and collects what differs. Changes nothing that exists. */
export class SyncRun implements CatalogSync {
  readonly created: string[] = [];
  readonly different: { name: string; differences: string[] }[] = [];
  matching = 0;

  constructor(
    private readonly client: StripeClientService,
    readonly dryRun: boolean,
  ) {}

  /** Creates an object, or only records it in a dry run. */
  async create<Created>(name: string, call: (api: Stripe) => Promise<Created>): Promise<Created | undefined> {
    this.created.push(name);
    return this.dryRun ? undefined : this.client.ask(call);
  }

  /** Records the differences of an object. @returns whether it differs */
  differs(name: string, pairs: readonly Pair[]): boolean {
    const differences = pairs.filter(([, there, here]) => there !== here).map(([field, there, here]) => `${field} is ${String(there)}, but ${String(here)} in the catalog`);
    if (differences.length > 0) this.different.push({ name, differences });
    return differences.length > 0;
  }

  /** Creates a product if it is missing. Its id is derived from the catalog: concurrent runs create one. */
  async syncProduct(id: string, parameters: Stripe.ProductCreateParams): Promise<string> {
    const { data } = await this.client.ask((api) => api.products.list({ ids: [id], limit: 1 }));
    if (data.length === 0) await this.create(id, (api) => api.products.create({ id, ...parameters }));
    return id;
  }

  /** Creates a price if it is missing. Does not create one that Stripe cannot charge exactly. */
  async syncPrice(key: string, { amounts, ...rest }: WantedPrice): Promise<void> {
    const { currency } = rest;
    if (typeof amounts === 'number') {
      this.different.push({ name: key, differences: [`Stripe cannot charge ${formatAmount(amounts, currency.toUpperCase())}: choose an amount without its last decimals`] });
      return;
    }
    const wanted = { ...rest, ...amounts };
    const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], limit: 1, expand: ['data.tiers'] }));
    const [there] = data;
    if (there === undefined) await this.create(key, (api) => api.prices.create({ ...wanted, lookup_key: key, metadata: { [keyInMetadata]: key } }));
    else if (!this.differs(key, pairsOf(there, wanted))) this.matching += 1;
  }
}

function pairsOf(there: Stripe.Price, wanted: Omit<WantedPrice, 'amounts'> & StripeAmounts): Pair[] {
  const { currency, recurring, active, product, transform_quantity: transform } = there;
  return [
    ['amount', amountsText(there), amountsText(wanted)],
    ['units', transform?.divide_by ?? 1, wanted.transform_quantity?.divide_by ?? 1],
    ['currency', currency, wanted.currency],
    ['interval', `${recurring?.interval_count} ${recurring?.interval}`, `1 ${wanted.recurring.interval}`],
    ['meter', recurring?.meter ?? 'none', wanted.recurring.meter ?? 'none'],
    ['active', active, true],
    ['product', typeof product === 'string' ? product : product.id, wanted.product],
  ];
}
