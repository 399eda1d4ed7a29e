import { Injectable } from '@nestjs/common';
import { Catalog, type MeterDefinition } from '../../../../config/catalog/catalog.js';
import { StripeClientService } from '../stripe-client.service.js';
import type { SyncRun } from './stripe-sync-run.js';
import { customerField, usageKeyOf, usageProductOf, valueField } from '../prices/stripe-usage-price.policy.js';

/** Brings meters that are billed to Stripe, and what their use costs. */
@Injectable()
export class StripeMetersService {
  constructor(
    private readonly client: StripeClientService,
    private readonly catalog: Catalog,
  ) {}

  async sync(run: SyncRun): Promise<void> {
    const billed = [...this.catalog.meters.values()].filter((meter) => meter.billed);
    if (billed.length === 0) return;
    const active = await this.client.ask((api) => api.billing.meters.list({ status: 'active', limit: 100 }).autoPagingToArray({ limit: 10_000 }));
    for (const meter of billed) {
      const there = active.find((each) => each.event_name === meter.key);
      if (there === undefined) await this.#prices(run, meter, await this.#make(run, meter));
      // Prices of a meter that adds up otherwise would charge something else.
      else if (
        !run.differs(`meter ${meter.key}`, [
          ['formula', there.default_aggregation.formula, 'sum'],
          ['window', there.event_time_window ?? 'none', 'none'],
          ['customer', there.customer_mapping.event_payload_key, customerField],
          ['value', there.value_settings.event_payload_key, valueField],
        ])
      )
        await this.#prices(run, meter, there.id);
    }
  }

  /** It adds up what each day is reported to have: those of the catalog that count are counted here. */
  async #make(run: SyncRun, { key, name }: MeterDefinition): Promise<string> {
    const parameters = {
      event_name: key,
      display_name: name,
      default_aggregation: { formula: 'sum' as const },
      customer_mapping: { type: 'by_id' as const, event_payload_key: customerField },
      value_settings: { event_payload_key: valueField },
    };
    const made = await run.make(`meter ${key}`, (api) => api.billing.meters.create(parameters));
    return made?.id ?? '';
  }

  async #prices(run: SyncRun, { key, name, unit, prices }: MeterDefinition, meter: string): Promise<void> {
    if (prices.length === 0) return;
    const product = await run.product(usageProductOf(key), { name, unit_label: unit.slice(0, 12) });
    for (const price of prices) {
      const { interval, currency, amount, per } = price;
      const inBlocks = per === 1 ? {} : { transform_quantity: { divide_by: per, round: 'up' as const } };
      const recurring = { interval, usage_type: 'metered' as const, meter };
      await run.price(usageKeyOf(key, price), { product, currency: currency.toLowerCase(), unit_amount: amount, recurring, ...inBlocks });
    }
  }
}
