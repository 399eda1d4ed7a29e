import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/page.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice, InvoiceLine, Organization } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { InvoicesOverdueError } from '../billing.errors.js';
import { toInvoiceDto, type InvoiceDto, type ListInvoicesQuery } from './invoices.dto.js';
import { prorated, totalOf, type Line } from '../terms/prices.policy.js';

const day = 24 * 3600 * 1000;

export type InvoiceWithLines = Invoice & { readonly lines: readonly InvoiceLine[] };

interface PaidPeriod {
  readonly organizationId: string;
  readonly periodEnd: Date;
  readonly currency: string;
}

/** What organizations owe, as rows: made here for the manual provider, and copied from others. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  /** Writes an invoice of a locked organization. What comes to nothing, or is a credit, is paid already. */
  async issue(tx: PlatformTransaction, organization: Organization, { lines, currency, at }: { lines: readonly Line[]; currency: string; at: Date }): Promise<Invoice> {
    const { id: organizationId, name, billingEmail, email, billingAddress, taxId } = organization;
    const total = totalOf(lines);
    // The organization is locked: nobody takes the same number.
    const number = `${organizationId.slice(-12).toUpperCase()}-${String((await tx.invoice.count({ where: { organizationId, provider: 'manual' } })) + 1).padStart(4, '0')}`;
    const billedTo = { name, email: billingEmail ?? email, address: billingAddress, taxId };
    const settled = total <= 0 ? ({ status: 'paid', paidAt: at } as const) : {};
    const dueAt = new Date(at.getTime() + this.catalog.billing.dueDays * day);
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

  /** Who owes gets nothing more on credit. @throws {InvoicesOverdueError} */
  async assertNoneOverdue(tx: PlatformTransaction, organizationId: string, now: Date): Promise<void> {
    const overdue = await tx.invoice.findMany({ where: { organizationId, status: 'open', dueAt: { lte: now } }, orderBy: { dueAt: 'asc' }, select: { number: true } });
    if (overdue.length > 0) throw new InvoicesOverdueError(overdue.map(({ number }) => number));
  }

  /** The numbers of those that are open, and that we wrote. */
  async openByHand(tx: PlatformTransaction, organizationId: string): Promise<string[]> {
    const rows = await tx.invoice.findMany({ where: { organizationId, provider: 'manual', status: 'open' }, orderBy: { dueAt: 'asc' }, select: { number: true } });
    return rows.map(({ number }) => number);
  }

  /**
   * What was paid by hand for the rest of the period that ends then, in minor units: whatever holds in it by now, also what was
   * given meanwhile. What was credited in it is less.
   */
  async paidByHand(tx: PlatformTransaction, { organizationId, periodEnd, currency }: PaidPeriod, now: Date): Promise<number> {
    const where = { organizationId, periodStart: { lte: now }, periodEnd, invoice: { provider: 'manual', status: 'paid' as const, currency } };
    const lines = await tx.invoiceLine.findMany({ where, select: { amount: true, periodStart: true } });
    const rest = lines.map(({ amount, periodStart }) => {
      const [size, period] = [Math.abs(Number(amount)), { start: periodStart ?? now, end: periodEnd }];
      return Math.sign(Number(amount)) * prorated(size, period, now);
    });
    return Math.max(
      0,
      rest.reduce((sum, part) => sum + part, 0),
    );
  }

  async list({ status, ...request }: ListInvoicesQuery): Promise<Page<InvoiceDto>> {
    const filter = status === undefined ? {} : { status };
    const include = { lines: { orderBy: { position: 'asc' as const } } };
    const page = await this.pages.list(request, {
      scope: `invoices ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.invoice.findMany({ where: { AND: [filter, where] }, orderBy, take, include }),
      count: () => this.db.invoice.count({ where: filter }),
    });
    return mapPage(page, toInvoiceDto);
  }

  /** @throws {NotFoundError} */
  async get(id: string): Promise<InvoiceWithLines> {
    const invoice = await this.db.invoice.findFirst({ where: { id }, include: { lines: { orderBy: { position: 'asc' } } } });
    if (invoice === null) throw new NotFoundError();
    return invoice;
  }
}
