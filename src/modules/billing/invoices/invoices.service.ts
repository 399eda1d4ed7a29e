import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { InvoicesOverdueError } from '../billing.errors.js';
import type { InvoicedLine } from '../terms/credits.policy.js';
import { runningPeriodOf } from '../terms/subscription-status.policy.js';
import { overdueAt, readInvoicedLines, type InvoiceWithLines } from './documents.queries.js';
import { toInvoiceDto, type InvoiceDto, type ListInvoicesQuery } from './invoices.dto.js';

/** The relations that an invoice is shown with: its lines, and the credit notes that are not void. */
export const shownWithInvoice = { lines: { orderBy: { position: 'asc' } }, creditNotes: { where: { status: 'issued' }, orderBy: { id: 'asc' } } } as const;

/** Reads invoices. `InvoiceIssuingService` writes them, and `StripeInvoicesService` copies those of Stripe. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
  ) {}

  async listInvoices(request: ListInvoicesQuery): Promise<Page<InvoiceDto>> {
    const { status } = request;
    const filter = status === undefined ? {} : { status };
    const include = shownWithInvoice;
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
    const invoice = await this.db.invoice.findFirst({ where: { id }, include: shownWithInvoice });
    if (invoice === null) throw new NotFoundError();
    return invoice;
  }

  /** Returns the numbers of the invoices that are past their due date, the oldest first. */
  async findOverdueNumbers(tx: PlatformTransaction, organizationId: string, now: Date): Promise<string[]> {
    const rows = await tx.invoice.findMany({
      where: { organizationId, ...overdueAt(now) },
      orderBy: { dueAt: 'asc' },
      select: { number: true },
    });
    return rows.map(({ number }) => number);
  }

  /** Refuses further purchases on credit. @throws {InvoicesOverdueError} */
  async assertNoneOverdue(tx: PlatformTransaction, organizationId: string, now: Date): Promise<void> {
    const overdue = await this.findOverdueNumbers(tx, organizationId, now);
    if (overdue.length > 0) throw new InvoicesOverdueError(overdue);
  }

  /** Returns the numbers of open invoices that tenantry wrote, without that of a purchase that waits for its payment. */
  async findOpenManualNumbers(tx: PlatformTransaction, organizationId: string): Promise<string[]> {
    const rows = await tx.invoice.findMany({
      where: { organizationId, provider: 'manual', status: 'open', pendingPurchase: null },
      orderBy: { dueAt: 'asc' },
      select: { number: true },
    });
    return rows.map(({ number }) => number);
  }

  /** Returns the lines that tenantry has invoiced for the running period of a locked organization; none without a paid period. */
  async readRunningLines(tx: PlatformTransaction, subscription: Subscription, now: Date): Promise<readonly InvoicedLine[]> {
    const period = runningPeriodOf(subscription, now);
    return period === undefined ? [] : readInvoicedLines(tx, subscription.organizationId, { within: period });
  }
}
