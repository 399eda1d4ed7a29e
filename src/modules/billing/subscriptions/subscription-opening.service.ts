import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { BillingMode, Organization } from '../../../generated/prisma/client.js';
import { DocumentNumbersService } from '../invoices/document-numbers.service.js';
import { InvoiceIssuingService } from '../invoices/invoice-issuing.service.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { isSold, periodFrom, periodLines, priceOf, sellsSeats } from '../terms/prices.policy.js';
import { SubscriptionStoreService } from './subscription-store.service.js';

/** The invoice over the first period of a new organization. */
export interface FirstInvoice {
  readonly id: string;
  readonly number: string;
  readonly currency: string;
  /** With tax, in minor units. */
  readonly total: number;
  readonly dueAt: Date;
}

/** Opens the subscription of a new organization. */
@Injectable()
export class SubscriptionOpeningService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly invoices: InvoiceIssuingService,
    private readonly numbers: DocumentNumbersService,
    private readonly modes: BillingModesService,
  ) {}

  /** @throws {ModeNotAvailableError} */
  assertModeAvailable(billing: BillingMode | undefined): void {
    this.modes.assertAvailable(billing);
  }

  /** Returns when a trial that begins now ends, or undefined if the plan has no trial. */
  trialEndOf(plan: string, now: Date, days = this.catalog.plans.get(plan)?.trialDays ?? 0): Date | undefined {
    return days > 0 ? new Date(now.getTime() + days * dayLength) : undefined;
  }

  /**
   * Opens a subscription in the transaction that creates the organization. It is on trial if the organization has a trial, or
   * else active. A plan with a price and without a trial is charged from the first day, unless nobody bills the organization.
   *
   * @param billing undefined for the mode of the installation
   * @returns the invoice over the first period; null if nothing is billed
   */
  async openSubscription(tx: PlatformTransaction, organization: Organization, now: Date, billing?: BillingMode): Promise<FirstInvoice | null> {
    const { id: organizationId, plan: key, trialEndsAt } = organization;
    const plan = this.catalog.plans.get(key);
    if (plan === undefined) throw new Error(`the catalog has no plan ${key}`);
    const price = priceOf(plan, plan.prices[0]?.interval ?? 'month', undefined);
    const terms = { plan, interval: price?.interval ?? ('month' as const), seats: sellsSeats(plan) ? 1 : undefined, addOns: [] };
    const charged = trialEndsAt === null && isSold(plan) && this.modes.bills({ billing: billing ?? null });
    const period = charged ? periodFrom(now, terms.interval) : { start: now, end: trialEndsAt };
    const status = trialEndsAt === null ? ('active' as const) : ('trialing' as const);
    const seats = charged ? (terms.seats ?? null) : null;
    const data = {
      organizationId,
      plan: key,
      status,
      interval: terms.interval,
      seats,
      currency: charged || trialEndsAt !== null ? (price?.currency ?? null) : null,
      billing: billing ?? null,
      trialEndsAt,
      periodStart: period.start,
      periodEnd: period.end,
      anchorDay: charged ? now.getUTCDate() : null,
    };
    await this.store.recordPeriod(tx, undefined, await tx.subscription.create({ data }), now);
    if (charged) await tx.organization.update({ where: { id: organizationId }, data: { usageAnchorDay: now.getUTCDate(), usageAnchorSince: now } });
    if (!charged || price === undefined) return null;
    const { id } = await this.invoices.issueInvoice(tx, organization, {
      lines: periodLines(terms, price.currency, periodFrom(now, terms.interval)),
      currency: price.currency,
      at: now,
    });
    await this.numbers.numberDocuments(tx);
    const { number, currency, total, dueAt } = await tx.invoice.findFirstOrThrow({ where: { organizationId, id } });
    return { id, number, currency, total: Number(total), dueAt };
  }
}
