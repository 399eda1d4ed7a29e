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
 * Creates the catalog's features in Stripe, and attaches them to the products of the plans and add-ons that have them. The
 * customer portal shows them, and other systems can read them. tenantry itself does not: it decides by the catalog.
 * https://docs.stripe.com/billing/entitlements
 */
@Injectable()
export class StripeFeaturesService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
  ) {}

  async syncFeatures(run: SyncRun): Promise<void> {
    const features = await this.#features(run);
    for (const plan of [...this.catalog.plans.values()].filter(isSold)) await this.#attach(run, productOf(plan.key), plan.features, features);
    for (const addOn of this.catalog.addOns.values()) await this.#attach(run, addOnProductOf(addOn.key), addOn.features, features);
  }

  /** Returns the Stripe id of each feature of the catalog; an empty id for a feature that a dry run would create. */
  async #features(run: SyncRun): Promise<ReadonlyMap<string, string>> {
    const [active, archived] = [await this.#list(false), await this.#list(true)];
    const ids = new Map<string, string>();
    for (const { key, name } of this.catalog.features.values()) {
      const lookupKey = `${prefix}${key}`;
      const there = active.find((each) => each.lookup_key === lookupKey);
      if (there === undefined && archived.some((each) => each.lookup_key === lookupKey)) run.differs(lookupKey, [['archived', true, false]]);
      else ids.set(key, there?.id ?? (await run.create(lookupKey, (api) => api.entitlements.features.create({ lookup_key: lookupKey, name })))?.id ?? '');
    }
    return ids;
  }

  /** Attaches missing features. Additional features are reported, and stay: customers may rely on them. */
  async #attach(run: SyncRun, product: string, wanted: ReadonlySet<string>, features: ReadonlyMap<string, string>): Promise<void> {
    const isNew = run.dryRun && run.created.includes(product);
    const attached = isNew ? [] : await this.client.ask((api) => api.products.listFeatures(product, { limit: page }).autoPagingToArray(everything));
    const keys = attached.map(({ entitlement_feature: { lookup_key: lookupKey } }) => lookupKey).filter((lookupKey) => lookupKey.startsWith(prefix));
    for (const [feature, id] of features)
      if (wanted.has(feature) && !keys.includes(`${prefix}${feature}`))
        await run.create(`${product} has ${feature}`, (api) => api.products.createFeature(product, { entitlement_feature: id }));
    run.differs(
      product,
      keys.filter((lookupKey) => !wanted.has(lookupKey.slice(prefix.length))).map((lookupKey) => [lookupKey, 'attached', 'not'] as const),
    );
  }

  #list(archived: boolean): Promise<Stripe.Entitlements.Feature[]> {
    return this.client.ask((api) => api.entitlements.features.list({ archived, limit: page }).autoPagingToArray(everything));
  }
}
