import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Catalog } from '../../../../config/catalog/catalog.js';
import { isSold } from '../../terms/prices.policy.js';
import { StripeClientService } from '../stripe-client.service.js';
import { addOnProductOf, productOf } from '../prices/stripe-price.policy.js';
import type { SyncRun } from './stripe-sync-run.js';

const page = 100;
const everything = { limit: 10_000 };

const prefix = 'tenantry:feature:';

/**
 * Brings features to Stripe and attaches them to the products of the plans and add-ons that have them, so that Stripe's entitlements
 * say what ours say: for the customer portal's list, and for systems that ask Stripe. What tenantry allows is decided here.
 * https://docs.stripe.com/billing/entitlements
 */
@Injectable()
export class StripeFeaturesService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
  ) {}

  async sync(run: SyncRun): Promise<void> {
    const features = await this.#features(run);
    for (const plan of [...this.catalog.plans.values()].filter(isSold)) await this.#attach(run, productOf(plan.key), plan.features, features);
    for (const addOn of this.catalog.addOns.values()) await this.#attach(run, addOnProductOf(addOn.key), addOn.features, features);
  }

  /** The id in Stripe of each feature of the catalog; empty for one that a dry run has not made. */
  async #features(run: SyncRun): Promise<ReadonlyMap<string, string>> {
    const [active, archived] = [await this.#list(false), await this.#list(true)];
    const ids = new Map<string, string>();
    for (const { key, name } of this.catalog.features.values()) {
      const lookupKey = `${prefix}${key}`;
      const there = active.find((each) => each.lookup_key === lookupKey);
      if (there === undefined && archived.some((each) => each.lookup_key === lookupKey)) run.differs(lookupKey, [['archived', true, false]]);
      else ids.set(key, there?.id ?? (await run.make(lookupKey, (api) => api.entitlements.features.create({ lookup_key: lookupKey, name })))?.id ?? '');
    }
    return ids;
  }

  /** What is attached beyond what is wanted is told, and stays: customers may rely on it. */
  async #attach(run: SyncRun, product: string, wanted: ReadonlySet<string>, features: ReadonlyMap<string, string>): Promise<void> {
    const isNew = run.dryRun && run.made.includes(product);
    const attached = isNew ? [] : await this.client.ask((api) => api.products.listFeatures(product, { limit: page }).autoPagingToArray(everything));
    const keys = attached.map(({ entitlement_feature: { lookup_key: lookupKey } }) => lookupKey).filter((lookupKey) => lookupKey.startsWith(prefix));
    for (const [feature, id] of features)
      if (wanted.has(feature) && !keys.includes(`${prefix}${feature}`))
        await run.make(`${product} has ${feature}`, (api) => api.products.createFeature(product, { entitlement_feature: id }));
    run.differs(
      product,
      keys.filter((lookupKey) => !wanted.has(lookupKey.slice(prefix.length))).map((lookupKey) => [lookupKey, 'attached', 'not'] as const),
    );
  }

  #list(archived: boolean): Promise<Stripe.Entitlements.Feature[]> {
    return this.client.ask((api) => api.entitlements.features.list({ archived, limit: page }).autoPagingToArray(everything));
  }
}
