import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { InvoiceIssuingService } from '../invoices/invoice-issuing.service.js';
import { isSold, periodFrom, periodLines, priceOf, sellsSeats } from '../terms/prices.policy.js';

/** Opens the subscription of a new organization. */
@Injectable()
export class SubscriptionOpeningService {
  constructor(
    private readonly catalog: Catalog,
    private readonly invoices: InvoiceIssuingService,
  ) {}

  /** Returns when a trial that begins now ends, or undefined if the plan has no trial. */
  trialEndOf(plan: string, now: Date, days = this.catalog.plans.get(plan)?.trialDays ?? 0): Date | undefined {
    return days > 0 ? new Date(now.getTime() + days * dayLength) : undefined;
  }

  /**
   * Opens a subscription in the transaction that creates the organization. It is on trial if the organization has a trial, or
   * else active. A plan with a price and without a trial is charged from the first day.
   */
  async openSubscription(tx: PlatformTransaction, organization: Organization, now: Date): Promise<void> {
    const { id: organizationId, plan: key, trialEndsAt } = organization;
    const plan = this.catalog.plans.get(key);
    if (plan === undefined) throw new Error(`the catalog has no plan ${key}`);
    const price = priceOf(plan, plan.prices[0]?.interval ?? 'month', undefined);
    const terms = { plan, interval: price?.interval ?? ('month' as const), seats: sellsSeats(plan) ? 1 : undefined, addOns: [] };
    const charged = trialEndsAt === null && isSold(plan);
    const period = charged ? periodFrom(now, terms.interval) : { start: now, end: trialEndsAt };
    const status = trialEndsAt === null ? ('active' as const) : ('trialing' as const);
    const seats = charged ? (terms.seats ?? null) : null;
    const data = {
      organizationId,
      plan: key,
      status,
      interval: terms.interval,
      seats,
      currency: price?.currency ?? null,
      trialEndsAt,
      periodStart: period.start,
      periodEnd: period.end,
    };
    await tx.subscription.create({ data });
    if (charged) await tx.organization.update({ where: { id: organizationId }, data: { usageAnchorDay: now.getUTCDate(), usageAnchorSince: now } });
    if (charged && price !== undefined)
      await this.invoices.issueInvoice(tx, organization, { lines: periodLines(terms, price.currency, periodFrom(now, terms.interval)), currency: price.currency, at: now });
  }
}
