import { Injectable } from '@nestjs/common';
import { Catalog, type UnitPrice } from '../../../../config/catalog/catalog.js';
import { isSold } from '../../terms/prices.policy.js';
import { StripeClientService } from '../stripe-client.service.js';
import { StripeFeaturesService } from './stripe-features.service.js';
import { StripeMetersService } from './stripe-meters.service.js';
import { addOnKeyOf, addOnProductOf, lookupKeyOf, productOf } from '../prices/stripe-price.policy.js';
import { SyncRun, type CatalogSync } from './stripe-sync-run.js';

/** Something that is a product in Stripe. */
interface Sold {
  /** Of the product. */
  readonly id: string;
  readonly sold: { readonly name: string; readonly description: string | undefined; readonly prices: readonly UnitPrice[] };
  readonly keyOf: (price: UnitPrice) => string;
}

/** Brings what the catalog sells to Stripe, where it is missing. Nothing that is there is changed. */
@Injectable()
export class StripeCatalogService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
    private readonly meters: StripeMetersService,
    private readonly features: StripeFeaturesService,
  ) {}

  /** Undefined while somebody else collects: there is nowhere to bring it. */
  async sync({ dryRun }: { readonly dryRun: boolean }): Promise<CatalogSync | undefined> {
    if (this.client.settings === undefined) return undefined;
    const run = new SyncRun(this.client, dryRun);
    for (const each of this.#sold()) await this.#bring(run, each);
    await this.meters.sync(run);
    await this.features.sync(run);
    const { made, differ, alike } = run;
    return { made, differ, alike };
  }

  /** Plans and add-ons. The ids of their products are of two kinds, whatever they are called. */
  #sold(): readonly Sold[] {
    const plans = [...this.catalog.plans.values()].filter(isSold).map((plan): Sold => ({ id: productOf(plan.key), sold: plan, keyOf: (price) => lookupKeyOf(plan.key, price) }));
    const addOns = [...this.catalog.addOns.values()].map((addOn): Sold => ({ id: addOnProductOf(addOn.key), sold: addOn, keyOf: (price) => addOnKeyOf(addOn.key, price) }));
    return [...plans, ...addOns];
  }

  async #bring(run: SyncRun, { id, sold: { name, description, prices }, keyOf }: Sold): Promise<void> {
    const product = await run.product(id, { name, ...(description === undefined ? {} : { description }) });
    for (const price of prices) {
      const { interval, currency, amount } = price;
      await run.price(keyOf(price), { product, currency: currency.toLowerCase(), unit_amount: amount, recurring: { interval } });
    }
  }
}
