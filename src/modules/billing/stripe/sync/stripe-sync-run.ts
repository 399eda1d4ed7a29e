import type { Stripe } from 'stripe';
import type { StripeClientService } from '../stripe-client.service.js';
import { keyInMetadata } from '../prices/stripe-price.policy.js';

export interface CatalogSync {
  /** What was made; with a dry run, what would be. */
  readonly made: readonly string[];
  /** What Stripe has otherwise, each with what is different. A price cannot be changed there: the operator decides. */
  readonly differ: readonly { readonly price: string; readonly what: readonly string[] }[];
  /** Prices that are as in the catalog. */
  readonly alike: number;
}

/** A price as it should be, beside its key. */
export interface WantedPrice {
  readonly product: string;
  readonly currency: string;
  readonly unit_amount: number;
  readonly recurring: { readonly interval: 'month' | 'year'; readonly usage_type?: 'metered'; readonly meter?: string };
  readonly transform_quantity?: { readonly divide_by: number; readonly round: 'up' };
}

type Pair = readonly [name: string, there: unknown, here: unknown];

/** One run that brings the catalog to Stripe: what it makes, and what it finds. Nothing that is there is changed. */
export class SyncRun implements CatalogSync {
  readonly made: string[] = [];
  readonly differ: { price: string; what: string[] }[] = [];
  alike = 0;

  constructor(
    private readonly client: StripeClientService,
    readonly dryRun: boolean,
  ) {}

  /** Makes what is missing, unless it shall only be told. */
  async make<Made>(name: string, call: (api: Stripe) => Promise<Made>): Promise<Made | undefined> {
    this.made.push(name);
    return this.dryRun ? undefined : this.client.ask(call);
  }

  /** @returns whether there is none. */
  differs(name: string, pairs: readonly Pair[]): boolean {
    const what = pairs.filter(([, there, here]) => there !== here).map(([field, there, here]) => `${field} is ${String(there)}, and ${String(here)} in the catalog`);
    if (what.length > 0) this.differ.push({ price: name, what });
    return what.length > 0;
  }

  /** Its id says whose it is, so that two at once make one. */
  async product(id: string, parameters: Stripe.ProductCreateParams): Promise<string> {
    const { data } = await this.client.ask((api) => api.products.list({ ids: [id], limit: 1 }));
    if (data.length === 0) await this.make(id, (api) => api.products.create({ id, ...parameters }));
    return id;
  }

  async price(key: string, wanted: WantedPrice): Promise<void> {
    const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], limit: 1 }));
    const [there] = data;
    if (there === undefined) await this.make(key, (api) => api.prices.create({ ...wanted, lookup_key: key, metadata: { [keyInMetadata]: key } }));
    else if (!this.differs(key, pairsOf(there, wanted))) this.alike += 1;
  }
}

function pairsOf({ unit_amount: amount, currency, recurring, active, product, transform_quantity: transform }: Stripe.Price, wanted: WantedPrice): Pair[] {
  return [
    ['amount', amount, wanted.unit_amount],
    ['units', transform?.divide_by ?? 1, wanted.transform_quantity?.divide_by ?? 1],
    ['currency', currency, wanted.currency],
    ['interval', `${recurring?.interval_count} ${recurring?.interval}`, `1 ${wanted.recurring.interval}`],
    ['meter', recurring?.meter ?? 'none', wanted.recurring.meter ?? 'none'],
    ['active', active, true],
    ['product', typeof product === 'string' ? product : product.id, wanted.product],
  ];
}
