import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice, Organization } from '../../../generated/prisma/client.js';
import { totalOf, type Line } from '../terms/prices.policy.js';

interface InvoiceContent {
  readonly lines: readonly Line[];
  readonly currency: string;
  readonly at: Date;
}

/** Writes the invoices of organizations that no payment provider collects from. */
@Injectable()
export class InvoiceIssuingService {
  constructor(private readonly catalog: Catalog) {}

  /** Writes an invoice of a locked organization. An invoice with a total of zero or less is paid already. */
  async issueInvoice(tx: PlatformTransaction, organization: Organization, { lines, currency, at }: InvoiceContent): Promise<Invoice> {
    const { id: organizationId, name, billingEmail, email, billingAddress, taxId } = organization;
    const total = totalOf(lines);
    // The organization is locked: no other transaction can take the same number.
    const sequence = (await tx.invoice.count({ where: { organizationId, provider: 'manual' } })) + 1;
    const number = `${organizationId.slice(-12).toUpperCase()}-${String(sequence).padStart(4, '0')}`;
    const billedTo = { name, email: billingEmail ?? email, address: billingAddress, taxId };
    const settled = total <= 0 ? ({ status: 'paid', paidAt: at } as const) : {};
    const dueAt = new Date(at.getTime() + this.catalog.billing.dueDays * dayLength);
    const invoice = await tx.invoice.create({ data: { organizationId, number, currency, total: BigInt(total), billedTo, issuedAt: at, dueAt, ...settled } });
    const rows = lines.map(({ description, quantity, amount, period }, position) => ({
      organizationId,
      invoiceId: invoice.id,
      position,
      description,
      quantity: BigInt(quantity),
      amount: BigInt(amount),
      periodStart: period?.start ?? null,
      periodEnd: period?.end ?? null,
    }));
    await tx.invoiceLine.createMany({ data: rows });
    return invoice;
  }
}
