import { Injectable } from '@nestjs/common';
import { Catalog, type MeterDefinition } from '../../../../config/catalog/catalog.js';
import { StripeClientService } from '../stripe-client.service.js';
import type { SyncRun } from './stripe-sync-run.js';
import { customerField, stripeAmountsOf, usageKeyOf, usageProductOf, valueField } from '../prices/stripe-usage-price.policy.js';

/** Creates the catalog's billed meters and their usage prices in Stripe. */
@Injectable()
export class StripeMetersService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
  ) {}

  async syncMeters(run: SyncRun): Promise<void> {
    const billed = [...this.catalog.meters.values()].filter((meter) => meter.billed);
    if (billed.length === 0) return;
    const active = await this.client.ask((api) => api.billing.meters.list({ status: 'active', limit: 100 }).autoPagingToArray({ limit: 10_000 }));
    for (const meter of billed) {
      const there = active.find((each) => each.event_name === meter.key);
      if (there === undefined) await this.#syncPrices(run, meter, await this.#createMeter(run, meter));
      // A meter with another aggregation would charge other amounts: create no prices for it.
      else if (
        !run.differs(`meter ${meter.key}`, [
          ['formula', there.default_aggregation.formula, 'sum'],
          ['window', there.event_time_window ?? 'none', 'none'],
          ['customer', there.customer_mapping.event_payload_key, customerField],
          ['value', there.value_settings.event_payload_key, valueField],
        ])
      )
        await this.#syncPrices(run, meter, there.id);
    }
  }

  /** The meter sums the daily reports. tenantry itself counts the usage. */
  async #createMeter(run: SyncRun, { key, name }: MeterDefinition): Promise<string> {
    const parameters = {
      event_name: key,
      display_name: name,
      default_aggregation: { formula: 'sum' as const },
      customer_mapping: { type: 'by_id' as const, event_payload_key: customerField },
      value_settings: { event_payload_key: valueField },
    };
    const made = await run.create(`meter ${key}`, (api) => api.billing.meters.create(parameters));
    return made?.id ?? '';
  }

  async #syncPrices(run: SyncRun, { key, name, unit, prices }: MeterDefinition, meter: string): Promise<void> {
    if (prices.length === 0) return;
    const product = await run.syncProduct(usageProductOf(key), { name, unit_label: unit.slice(0, 12) });
    for (const price of prices) {
      const { interval, currency } = price;
      const recurring = { interval, usage_type: 'metered' as const, meter };
      await run.syncPrice(usageKeyOf(key, price), { product, currency: currency.toLowerCase(), recurring, amounts: stripeAmountsOf(price) });
    }
  }
}
