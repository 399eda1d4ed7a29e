import { Injectable } from '@nestjs/common';
import { Catalog, type UnitPrice } from '../../../../config/catalog/catalog.js';
import { isSold } from '../../terms/prices.policy.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeFeaturesService } from './stripe-features.service.js';
import { StripeMetersService } from './stripe-meters.service.js';
import { addOnKeyOf, addOnProductOf, lookupKeyOf, productOf } from '../prices/stripe-price.policy.js';
import { stripeAmountOf } from '../prices/stripe-usage-price.policy.js';
import { SyncRun, type CatalogSync } from './stripe-sync-run.js';

/** A plan or an add-on, which is a product in Stripe. */
interface Sold {
  /** The id of the product. */
  readonly id: string;
  readonly sold: { readonly name: string; readonly description: string | undefined; readonly prices: readonly UnitPrice[] };
  readonly keyOf: (price: UnitPrice) => string;
}

/** Creates the catalog's products, prices, meters and features in Stripe if they are missing. Changes nothing that exists. */
@Injectable()
export class StripeCatalogService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly meters: StripeMetersService,
    private readonly features: StripeFeaturesService,
  ) {}

  /** @returns undefined unless Stripe collects */
  async syncCatalog({ dryRun }: { readonly dryRun: boolean }): Promise<CatalogSync | undefined> {
    if (this.client.settings === undefined) return undefined;
    const run = new SyncRun(this.client, dryRun);
    for (const each of this.#sold()) await this.#syncProduct(run, each);
    await this.meters.syncMeters(run);
    await this.features.syncFeatures(run);
    const { created, different, matching } = run;
    return { created, different, matching };
  }

  /** Returns the plans that have a price, and the add-ons. */
  #sold(): readonly Sold[] {
    const plans = [...this.catalog.plans.values()].filter(isSold).map((plan): Sold => ({ id: productOf(plan.key), sold: plan, keyOf: (price) => lookupKeyOf(plan.key, price) }));
    const addOns = [...this.catalog.addOns.values()].map((addOn): Sold => ({ id: addOnProductOf(addOn.key), sold: addOn, keyOf: (price) => addOnKeyOf(addOn.key, price) }));
    return [...plans, ...addOns];
  }

  async #syncProduct(run: SyncRun, { id, sold: { name, description, prices }, keyOf }: Sold): Promise<void> {
    const product = await run.syncProduct(id, { name, ...(description === undefined ? {} : { description }) });
    for (const price of prices) {
      const { interval, currency, amount } = price;
      await run.syncPrice(keyOf(price), { product, currency: currency.toLowerCase(), amounts: stripeAmountOf(amount, currency), recurring: { interval } });
    }
  }
}
