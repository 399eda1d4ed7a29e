import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import { isSold } from '../prices.policy.js';
import { StripeClient } from './stripe-client.service.js';
import { StripeFeatures } from './stripe-features.service.js';
import { StripeMeters } from './stripe-meters.service.js';
import { lookupKeyOf, productOf } from './stripe-price.policy.js';
import { SyncRun, type CatalogSync } from './stripe-sync-run.js';

/** Brings what the catalog sells to Stripe, where it is missing. Nothing that is there is changed. */
@Injectable()
export class StripeCatalog {
  constructor(
    private readonly client: StripeClient,
    private readonly catalog: Catalog,
    private readonly meters: StripeMeters,
    private readonly features: StripeFeatures,
  ) {}

  /** Undefined while somebody else collects: there is nowhere to bring it. */
  async sync({ dryRun }: { readonly dryRun: boolean }): Promise<CatalogSync | undefined> {
    if (this.client.settings === undefined) return undefined;
    const run = new SyncRun(this.client, dryRun);
    await this.#plans(run);
    await this.meters.sync(run);
    await this.features.sync(run);
    const { made, differ, alike } = run;
    return { made, differ, alike };
  }

  async #plans(run: SyncRun): Promise<void> {
    for (const { key, name, description, prices } of [...this.catalog.plans.values()].filter(isSold)) {
      const product = await run.product(productOf(key), { name, ...(description === undefined ? {} : { description }) });
      for (const price of prices) {
        const { interval, currency, amount } = price;
        await run.price(lookupKeyOf(key, price), { product, currency: currency.toLowerCase(), unit_amount: amount, recurring: { interval } });
      }
    }
  }
}
