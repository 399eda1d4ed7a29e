import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { readTime } from '../../../common/times.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { toBalanceSettlementDto, type BalanceSettlementDto, type ListBalanceSettlementsQuery } from '../invoices/balance-settlements.dto.js';
import { shownWithCreditNote, toCreditNoteDto, type CreditNoteDto, type ListCreditNotesQuery } from '../invoices/credit-notes.dto.js';
import { overdueAt } from '../invoices/documents.queries.js';
import { shownWithInvoice } from '../invoices/invoices.service.js';
import type { BillingReader } from '../invoices/billing-reader.js';
import type { DocumentTables } from './documents.service.js';
import { toPlatformInvoiceDto, type ListPlatformInvoicesQuery, type PlatformInvoiceDto } from './platform-documents.dto.js';

const shownToOperators = { ...shownWithInvoice, organization: { select: { name: true, slug: true } } } as const;

/** Lists invoices, credit notes and settlements of balances: of all organizations for the operator, and of one. */
@Injectable()
export class DocumentListsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly db: TenantDb,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  async listInvoices(request: ListPlatformInvoicesQuery): Promise<Page<PlatformInvoiceDto>> {
    const { organizationId, status, overdue, mailed, currency, issuedFrom, issuedTo } = request;
    const late = overdueAt(this.clock.now());
    const filters: Prisma.InvoiceWhereInput[] = [
      ...(organizationId === undefined ? [] : [{ organizationId }]),
      ...(status === undefined ? [] : [{ status }]),
      ...(overdue === undefined ? [] : [overdue ? late : { NOT: late }]),
      ...(mailed === undefined ? [] : [mailed ? { mailedAt: { not: null } } : { mailedAt: null }]),
      ...(currency === undefined ? [] : [{ currency }]),
      ...(issuedFrom === undefined ? [] : [{ issuedAt: { gte: readTime(issuedFrom) } }]),
      ...(issuedTo === undefined ? [] : [{ issuedAt: { lt: readTime(issuedTo) } }]),
    ];
    const page = await this.pages.list(request, {
      scope: `platform invoices ${organizationId ?? ''}`,
      defaultSort: '-issuedAt',
      fetch: ({ where, orderBy, take }) => this.platform.invoice.findMany({ where: { AND: [...filters, where] }, orderBy, take, include: shownToOperators }),
      count: () => this.platform.invoice.count({ where: { AND: filters } }),
    });
    return mapPage(page, toPlatformInvoiceDto);
  }

  /** @throws {NotFoundError} */
  async getInvoice(organizationId: string, id: string): Promise<PlatformInvoiceDto> {
    const invoice = await this.platform.invoice.findUnique({ where: { organizationId_id: { organizationId, id } }, include: shownToOperators });
    if (invoice === null) throw new NotFoundError();
    return toPlatformInvoiceDto(invoice);
  }

  /** @throws {NotFoundError} */
  async assertTenant(organizationId: string): Promise<void> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new NotFoundError();
  }

  async listCreditNotes(organizationId: string, request: ListCreditNotesQuery, reader: BillingReader = 'platform'): Promise<Page<CreditNoteDto>> {
    const { invoiceId } = request;
    const db = this.#tablesOf(reader);
    const filter = { organizationId, ...(invoiceId === undefined ? {} : { invoiceId }) };
    const include = shownWithCreditNote;
    const page = await this.pages.list(request, {
      scope: `credit notes ${organizationId}`,
      defaultSort: '-issuedAt',
      fetch: ({ where, orderBy, take }) => db.creditNote.findMany({ where: { AND: [filter, where] }, orderBy, take, include }),
      count: () => db.creditNote.count({ where: filter }),
    });
    return mapPage(page, toCreditNoteDto);
  }

  /** @throws {NotFoundError} */
  async getCreditNote(organizationId: string, id: string, reader: BillingReader = 'platform'): Promise<CreditNoteDto> {
    const note = await this.#tablesOf(reader).creditNote.findUnique({ where: { organizationId_id: { organizationId, id } }, include: shownWithCreditNote });
    if (note === null) throw new NotFoundError();
    return toCreditNoteDto(note);
  }

  async listBalanceSettlements(organizationId: string, request: ListBalanceSettlementsQuery, reader: BillingReader = 'platform'): Promise<Page<BalanceSettlementDto>> {
    const db = this.#tablesOf(reader);
    const page = await this.pages.list(request, {
      scope: `balance settlements ${organizationId}`,
      defaultSort: '-settledAt',
      fetch: ({ where, orderBy, take }) => db.balanceSettlement.findMany({ where: { AND: [{ organizationId }, where] }, orderBy, take }),
      count: () => db.balanceSettlement.count({ where: { organizationId } }),
    });
    return mapPage(page, toBalanceSettlementDto);
  }

  #tablesOf(reader: BillingReader): DocumentTables {
    return reader === 'tenant' ? this.db : this.platform;
  }
}
