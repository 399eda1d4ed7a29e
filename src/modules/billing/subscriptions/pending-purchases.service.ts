import { Injectable } from '@nestjs/common';
import { addOnsIn, quantitiesByKey } from '../../../access/organization/entitlements.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { PendingPurchase } from '../../../generated/prisma/client.js';
import { CreditNotesService } from '../invoices/credit-notes.service.js';
import { InvoiceIssuingService } from '../invoices/invoice-issuing.service.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import type { PricedChange } from '../terms/decide-change.policy.js';
import { periodFrom, periodLines } from '../terms/prices.policy.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import { quantitiesOf, type WantedTerms } from '../terms/wanted-terms.policy.js';
import { clearedPastDue, clearedSchedule, collectedHere, endedTrialColumns, firstPeriodColumns, termsColumns } from './subscription-columns.js';
import { SubscriptionStoreService, type LockedSubscription } from './subscription-store.service.js';

/** Keeps the purchases that wait for the operator or for their payment. An organization has at most one: a newer request replaces it. */
@Injectable()
export class PendingPurchasesService {
  constructor(
    private readonly catalog: Catalog,
    private readonly store: SubscriptionStoreService,
    private readonly invoices: InvoicesService,
    private readonly invoiceIssuing: InvoiceIssuingService,
    private readonly creditNotes: CreditNotesService,
    private readonly usage: UsageChargesService,
  ) {}

  findPendingPurchase(tx: Pick<PlatformTransaction, 'pendingPurchase'>, organizationId: string): Promise<PendingPurchase | null> {
    return tx.pendingPurchase.findUnique({ where: { organizationId } });
  }

  /** Stores a purchase. If it waits for its payment, its invoice is issued now; the balance may pay it at once. */
  async storePurchase(
    tx: PlatformTransaction,
    locked: LockedSubscription,
    { now: terms, currency = '' }: Pick<PricedChange, 'now' | 'currency'>,
    waitsFor: 'approval' | 'payment',
    at: Date,
  ): Promise<LockedSubscription> {
    const { organizationId } = locked.subscription;
    await this.withdrawPurchase(tx, locked, at);
    const lines = periodLines(terms, currency, undefined);
    const invoice = waitsFor === 'payment' ? await this.invoiceIssuing.issueInvoice(tx, locked.organization, { lines, currency, at }) : null;
    const { plan, interval, seats, addOns } = terms;
    const data = { plan: plan.key, interval, currency, seats: seats ?? null, addOns: quantitiesOf(addOns) };
    const purchase = await tx.pendingPurchase.create({ data: { organizationId, ...data, invoiceId: invoice?.id ?? null, requestedAt: at } });
    await this.store.touchSubscription(tx, locked);
    await this.#announce(tx, purchase, 'subscription.purchase_requested', at);
    const touched = await this.store.lockSubscription(tx, organizationId);
    return invoice?.status === 'paid' ? this.beginPaidPurchase(tx, touched, invoice.id, at) : touched;
  }

  /** Begins the purchase that an invoice pays for: its period begins now. Does nothing if no purchase waits for the invoice. */
  async beginPaidPurchase(tx: PlatformTransaction, locked: LockedSubscription, invoiceId: string, at: Date): Promise<LockedSubscription> {
    const { organizationId } = locked.subscription;
    const purchase = await tx.pendingPurchase.findFirst({ where: { organizationId, invoiceId } });
    if (purchase === null) return locked;
    const terms = termsOf(purchase, this.catalog);
    const period = periodFrom(at, terms.interval);
    await this.creditNotes.giveBackRest(tx, organizationId, await this.invoices.readRunningLines(tx, locked.subscription, at), at);
    await tx.invoiceLine.updateMany({ where: { organizationId, invoiceId, periodStart: null }, data: { periodStart: period.start, periodEnd: period.end } });
    await tx.pendingPurchase.delete({ where: { organizationId } });
    const changes = {
      ...collectedHere,
      ...clearedPastDue,
      ...clearedSchedule,
      ...endedTrialColumns(locked.subscription, at),
      ...termsColumns(terms),
      ...firstPeriodColumns(period),
      currency: purchase.currency,
      status: 'active' as const,
      canceledAt: null,
    };
    const after = await this.store.writeSubscription(tx, locked, changes, at, 'subscription.changed');
    await this.usage.issueWithUsage(tx, after.organization, { at, until: at });
    return after;
  }

  /** Withdraws the purchase that waits, and voids its invoice. @returns whether there was one */
  async withdrawPurchase(tx: PlatformTransaction, locked: LockedSubscription, at: Date, event = 'subscription.purchase_withdrawn'): Promise<boolean> {
    const { organizationId } = locked.subscription;
    const purchase = await this.findPendingPurchase(tx, organizationId);
    if (purchase === null) return false;
    await tx.pendingPurchase.delete({ where: { organizationId } });
    if (purchase.invoiceId !== null) {
      await tx.invoice.updateMany({ where: { organizationId, id: purchase.invoiceId, status: 'open' }, data: { status: 'void' } });
      await this.creditNotes.voidCreditNotes(tx, organizationId, purchase.invoiceId, at);
    }
    await this.store.touchSubscription(tx, locked);
    await this.#announce(tx, purchase, event, at);
    return true;
  }

  async #announce(tx: PlatformTransaction, { organizationId, plan, interval, seats, addOns, currency, invoiceId }: PendingPurchase, type: string, occurredAt: Date): Promise<void> {
    await tx.domainEvent.create({ data: { organizationId, type, occurredAt, data: { plan, interval, seats, addOns, currency, invoiceId } } });
  }
}

/** Returns the request that a stored purchase means. */
export function wantedOf({ plan, interval, seats, addOns, currency }: PendingPurchase): WantedTerms {
  return { plan, interval, currency, ...(seats === null ? {} : { seats }), addOns: quantitiesByKey(addOnsIn(addOns)) };
}
