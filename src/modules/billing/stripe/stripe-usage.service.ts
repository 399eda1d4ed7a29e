import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { StripeClient } from './stripe-client.service.js';

export interface UsageReport {
  /** Sums that were sent. */
  readonly sent: number;
  /** Sums that Stripe had already. */
  readonly known: number;
}

/** Tells Stripe what was used on a day that is over, for the prices that are charged by usage. */
@Injectable()
export class StripeUsage {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly client: StripeClient,
  ) {}

  /**
   * One event for each organization and meter, named so that sending it twice counts once.
   * https://docs.stripe.com/api/billing/meter-event/create
   *
   * @param day e.g. `2026-11-21`, in UTC
   */
  async report(day: string): Promise<UsageReport> {
    const meters = [...this.catalog.meters.values()].filter(({ billed, kind, aggregation }) => billed && kind === 'counter' && (aggregation === 'sum' || aggregation === 'count'));
    const sums = await this.platform.usageDay.groupBy({
      by: ['organizationId', 'meter'],
      where: {
        day: new Date(`${day}T00:00:00Z`),
        meter: { in: meters.map(({ key }) => key) },
        organization: { subscription: { provider: 'stripe', providerCustomerId: { not: null } } },
      },
      _sum: { quantity: true },
      orderBy: [{ organizationId: 'asc' }, { meter: 'asc' }],
    });
    const report = { sent: 0, known: 0 };
    for (const { organizationId, meter, _sum } of sums) {
      const value = _sum.quantity ?? 0n;
      const { providerCustomerId } = await this.platform.subscription.findFirstOrThrow({ where: { organizationId }, select: { providerCustomerId: true } });
      if (value <= 0n || providerCustomerId === null) continue;
      report[(await this.#send(day, { organizationId, meter, customerId: providerCustomerId, value: String(value) })) ? 'sent' : 'known'] += 1;
    }
    return report;
  }

  async #send(day: string, { organizationId, meter, customerId, value }: Readonly<Record<'organizationId' | 'meter' | 'customerId' | 'value', string>>): Promise<boolean> {
    const identifier = `${organizationId}:${meter}:${day}`;
    const event = { event_name: meter, identifier, timestamp: Date.parse(`${day}T23:59:59Z`) / 1000, payload: { stripe_customer_id: customerId, value } };
    try {
      await this.client.api.billing.meterEvents.create(event, { idempotencyKey: `tenantry:usage:${identifier}` });
      return true;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'duplicate_meter_event') return false;
      throw error;
    }
  }
}
