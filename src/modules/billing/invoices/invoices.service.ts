import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice, InvoiceLine } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { InvoicesOverdueError } from '../billing.errors.js';
import { prorated } from '../terms/prices.policy.js';
import { toInvoiceDto, type InvoiceDto, type ListInvoicesQuery } from './invoices.dto.js';

export type InvoiceWithLines = Invoice & { readonly lines: readonly InvoiceLine[] };

interface PaidPeriod {
  readonly organizationId: string;
  readonly periodEnd: Date;
  readonly currency: string;
}

/** Reads invoices. `InvoiceIssuingService` writes them, and `StripeInvoicesService` copies those of Stripe. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  async listInvoices({ status, ...request }: ListInvoicesQuery): Promise<Page<InvoiceDto>> {
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
  async getInvoice(id: string): Promise<InvoiceWithLines> {
    const invoice = await this.db.invoice.findFirst({ where: { id }, include: { lines: { orderBy: { position: 'asc' } } } });
    if (invoice === null) throw new NotFoundError();
    return invoice;
  }

  /** Returns the numbers of open invoices that are past their due date, the oldest first. */
  async findOverdueNumbers(tx: PlatformTransaction, organizationId: string, now: Date): Promise<string[]> {
    const rows = await tx.invoice.findMany({ where: { organizationId, status: 'open', dueAt: { lte: now } }, orderBy: { dueAt: 'asc' }, select: { number: true } });
    return rows.map(({ number }) => number);
  }

  /** Refuses further purchases on credit. @throws {InvoicesOverdueError} */
  async assertNoneOverdue(tx: PlatformTransaction, organizationId: string, now: Date): Promise<void> {
    const overdue = await this.findOverdueNumbers(tx, organizationId, now);
    if (overdue.length > 0) throw new InvoicesOverdueError(overdue);
  }

  /** Returns the numbers of open invoices that tenantry wrote. */
  async findOpenManualNumbers(tx: PlatformTransaction, organizationId: string): Promise<string[]> {
    const rows = await tx.invoice.findMany({ where: { organizationId, provider: 'manual', status: 'open' }, orderBy: { dueAt: 'asc' }, select: { number: true } });
    return rows.map(({ number }) => number);
  }

  /**
   * Sums the payments of manual invoices for the rest of a period, in minor units, less the credits in it. The terms may have
   * changed since.
   */
  async sumPrepaid(tx: PlatformTransaction, { organizationId, periodEnd, currency }: PaidPeriod, now: Date): Promise<number> {
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
}
