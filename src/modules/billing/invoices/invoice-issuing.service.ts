import { Injectable } from '@nestjs/common';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma, type Invoice, type Organization } from '../../../generated/prisma/client.js';
import { AmountTooLargeError } from '../billing.errors.js';
import { planInvoice } from '../terms/documents.policy.js';
import { isChargeable, type Line } from '../terms/prices.policy.js';
import { taxTermsFor } from '../terms/taxes.policy.js';
import { readBalances } from './documents.queries.js';

export interface InvoiceContent {
  readonly lines: readonly Line[];
  readonly currency: string;
  readonly at: Date;
}

/** Writes the invoices of organizations that no payment provider collects from. */
@Injectable()
export class InvoiceIssuingService {
  constructor(private readonly catalog: Catalog) {}

  /**
   * Writes an invoice of a locked organization, with the tax of the catalog. The balance of the organization pays as much as it can; an
   * invoice of which nothing is due is paid at once. `DocumentNumbersService` numbers it in the last step of the transaction.
   *
   * @throws {AmountTooLargeError}
   */
  async issueInvoice(tx: PlatformTransaction, organization: Organization, { lines, currency, at }: InvoiceContent): Promise<Invoice> {
    const { id: organizationId, name, billingEmail, email, billingAddress, taxId } = organization;
    if (!isChargeable(lines)) throw new AmountTooLargeError();
    const terms = taxTermsFor(organization, this.catalog);
    const { tax, total, balanceApplied, due } = planInvoice(lines, terms, (await readBalances(tx, organizationId)).get(currency) ?? 0);
    if (!Number.isSafeInteger(total)) throw new AmountTooLargeError();
    const id = timeOrderedId(at);
    const data: Prisma.InvoiceUncheckedCreateInput = {
      organizationId,
      id,
      number: id,
      currency,
      tax: BigInt(tax),
      taxCountry: terms.country,
      taxName: terms.name,
      taxPercent: terms.country === null ? null : terms.percent,
      reverseCharge: terms.reverseCharge,
      total: BigInt(total),
      balanceApplied: BigInt(balanceApplied),
      ...(this.catalog.seller === undefined ? {} : { seller: { ...this.catalog.seller, address: { ...this.catalog.seller.address } } }),
      billedTo: { name, email: billingEmail ?? email, address: billingAddress, taxId },
      issuedAt: at,
      dueAt: new Date(at.getTime() + this.catalog.billing.dueDays * dayLength),
      ...(due === 0 ? { status: 'paid' as const, paidAt: at } : {}),
    };
    const invoice = await tx.invoice.create({ data });
    await tx.invoiceLine.createMany({ data: lines.map((line, position) => ({ organizationId, invoiceId: id, position, ...lineColumns(line) })) });
    return invoice;
  }
}

const lineColumns = ({ kind, key, description, quantity, quantityDecimals = 0, unitAmount, amount, period }: Line) => ({
  kind,
  key,
  description,
  quantity: BigInt(quantity),
  quantityDecimals,
  unitAmount: unitAmount === null ? null : BigInt(unitAmount),
  amount: BigInt(amount),
  periodStart: period?.start ?? null,
  periodEnd: period?.end ?? null,
});
