import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { PlatformDb } from '../../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../../database/transactions.js';
import type { Invoice, Prisma } from '../../../../generated/prisma/client.js';
import { SubscriptionStoreService } from '../../subscriptions/subscription-store.service.js';
import { isMissing, StripeClientService } from '../stripe-client.service.js';
import { StripeOrganizationsService } from './stripe-organizations.service.js';
import type { Outcome } from './stripe-reconciliation.service.js';
import { idOf } from './stripe-subscription.policy.js';
import { fromStripeAmount } from '../prices/stripe-amounts.policy.js';

/** An invoice moves to a higher rank only: an older answer that is written later must not open it again. */
const ranks: Readonly<Record<Invoice['status'], number>> = { open: 0, uncollectible: 1, void: 2, paid: 2 };
/** How far the nightly comparison looks back. It also checks older invoices that are open here. */
const comparedPeriod = 30 * 24 * 3600 * 1000;
const isStatus = (status: string | null): status is Invoice['status'] => status !== null && status in ranks;
const dateOf = (seconds: number): Date => new Date(seconds * 1000);

/** Copies invoices from Stripe. The lines and amounts of a final invoice do not change: they are written once. */
@Injectable()
export class StripeInvoicesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly organizations: StripeOrganizationsService,
    private readonly client: StripeClientService,
  ) {}

  /** Fetches an invoice and copies it, or updates the status of its copy. */
  async copyInvoice(invoiceId: string): Promise<Outcome> {
    const invoice = await this.#fetch(invoiceId);
    // A draft has no number and may still change.
    if (invoice === undefined || !isStatus(invoice.status)) return { outcome: 'ignored' };
    const customerId = idOf(invoice.customer);
    const named = invoice.parent?.subscription_details?.metadata?.['organizationId'];
    const owner = await this.organizations.findOrganization({ customerId, named: [named] });
    if ('problem' in owner) {
      await this.organizations.reportProblem(owner.problem, owner.organizationIds, { invoiceId, customerId });
      return { outcome: 'reported', problem: owner.problem };
    }
    const lines = await this.client.api.invoices.listLineItems(invoiceId, { limit: 100 }).autoPagingToArray({ limit: 10_000 });
    return this.platform.$transaction(async (tx) => {
      await this.store.lockSubscription(tx, owner.organizationId);
      return this.#write(tx, owner.organizationId, invoice, lines);
    });
  }

  /**
   * Copies invoices whose events were lost: those that Stripe wrote recently for known customers, and those that are open here.
   *
   * @returns the number of invoices that were copied or updated
   */
  async copyMissedInvoices(now: Date): Promise<number> {
    const since = new Date(now.getTime() - comparedPeriod);
    let copied = 0;
    for await (const { id, status, customer } of this.client.api.invoices.list({ created: { gte: Math.floor(since.getTime() / 1000) }, limit: 100 })) {
      const known = await this.platform.invoice.findUnique({ where: { providerInvoiceId: id }, select: { status: true } });
      const hasKnownCustomer = async (): Promise<boolean> => (await this.platform.subscription.count({ where: { providerCustomerId: idOf(customer) ?? '' } })) > 0;
      if (isStatus(status) && known?.status !== status && (await hasKnownCustomer())) copied += await this.#countCopied(id);
    }
    const before = { provider: 'stripe', status: 'open' as const, issuedAt: { lt: since } };
    for (const { providerInvoiceId: id } of await this.platform.invoice.findMany({ where: before, select: { providerInvoiceId: true } }))
      if (id !== null) copied += await this.#countCopied(id);
    return copied;
  }

  async #countCopied(invoiceId: string): Promise<number> {
    return (await this.copyInvoice(invoiceId)).outcome === 'changed' ? 1 : 0;
  }

  async #write(tx: PlatformTransaction, organizationId: string, invoice: Stripe.Invoice, lines: readonly Stripe.InvoiceLineItem[]): Promise<Outcome> {
    const status = invoice.status as Invoice['status'];
    const paidAt = status === 'paid' ? dateOf(invoice.status_transitions.paid_at ?? invoice.created) : null;
    const found = await tx.invoice.findUnique({ where: { providerInvoiceId: invoice.id } });
    if (found === null) {
      const made = await tx.invoice.create({ data: { organizationId, status, paidAt, ...contentOf(invoice) } });
      await tx.invoiceLine.createMany({ data: lines.map((line, position) => ({ organizationId, invoiceId: made.id, position, ...lineOf(line, invoice.currency) })) });
      return { outcome: 'changed' };
    }
    if (found.status === status || ranks[status] < ranks[found.status]) return { outcome: 'unchanged' };
    const key = { organizationId_id: { organizationId: found.organizationId, id: found.id } };
    await tx.invoice.update({ where: key, data: { status, paidAt, url: invoice.hosted_invoice_url ?? null } });
    return { outcome: 'changed' };
  }

  async #fetch(invoiceId: string): Promise<Stripe.Invoice | undefined> {
    try {
      return await this.client.api.invoices.retrieve(invoiceId);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** Stripe's prices can have fractions of a minor unit, which the copy leaves out. */
const wholeAmount = (decimal: { toString(): string } | null | undefined, currency: string): bigint | null => {
  const text = decimal?.toString() ?? '';
  return /^-?\d+$/.test(text) ? fromStripeAmount(BigInt(text), currency) : null;
};

function contentOf({
  id,
  number,
  currency,
  total_taxes: taxes,
  total,
  hosted_invoice_url: url,
  customer_name: name,
  customer_email: email,
  status_transitions: at,
  created,
  due_date: due,
}: Stripe.Invoice) {
  const issuedAt = dateOf(at.finalized_at ?? created);
  return {
    number: number ?? id,
    currency: currency.toUpperCase(),
    tax: fromStripeAmount(
      (taxes ?? []).reduce((sum, { amount }) => sum + amount, 0),
      currency,
    ),
    total: fromStripeAmount(total, currency),
    provider: 'stripe',
    providerInvoiceId: id,
    url: url ?? null,
    billedTo: { name, email } satisfies Prisma.InputJsonObject,
    issuedAt,
    dueAt: due === null ? issuedAt : dateOf(due),
  };
}

const lineOf = ({ description, quantity, amount, pricing, period }: Stripe.InvoiceLineItem, currency: string) => ({
  kind: 'other' as const,
  description: description ?? '',
  quantity: BigInt(quantity ?? 1),
  unitAmount: wholeAmount(pricing?.unit_amount_decimal, currency),
  amount: fromStripeAmount(amount, currency),
  periodStart: dateOf(period.start),
  periodEnd: dateOf(period.end),
});
