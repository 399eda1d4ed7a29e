import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { BalanceSettlementPageDto, ListBalanceSettlementsQuery } from '../invoices/balance-settlements.dto.js';
import { CreditNoteDto, CreditNotePageDto, ListCreditNotesQuery } from '../invoices/credit-notes.dto.js';
import { SubscriptionDto } from '../subscriptions/subscription.dto.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { toHtmlResponse, toPdfResponse } from './document-responses.js';
import { DocumentListsService } from './document-lists.service.js';
import { DocumentsService } from './documents.service.js';
import { ListPlatformInvoicesQuery, ListTenantInvoicesQuery, PlatformInvoiceDto, PlatformInvoicePageDto } from './platform-documents.dto.js';
import { wholeQuery } from '../../../common/http/pages/page.js';

@ApiTags('tenants')
@Controller()
@PlatformAdminOnly()
export class PlatformDocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly lists: DocumentListsService,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  @Get('platform/invoices')
  @ApiOperation({
    summary: 'List the invoices of all tenants',
    description: 'Returns the invoices of all tenants with their lines, the last issued first. Filter by status, currency, time, or whether they are overdue or were mailed.',
  })
  @ApiOkResponse({ type: PlatformInvoicePageDto })
  listPlatformInvoices(@Query() query: ListPlatformInvoicesQuery): Promise<PlatformInvoicePageDto> {
    return this.lists.listInvoices(query);
  }

  @Get('tenants/:tenantId/subscription')
  @ApiOperation({
    summary: 'Retrieve the subscription of a tenant',
    description: "Returns plan, price and period of a tenant's subscription, its balances, and the changes that are to come.",
  })
  @ApiOkResponse({ type: SubscriptionDto })
  async getTenantSubscription(@IdParam('tenantId') id: string): Promise<SubscriptionDto> {
    return this.subscriptions.describeSubscription(await this.subscriptions.getSubscription(id));
  }

  @Get('tenants/:tenantId/invoices')
  @ApiOperation({
    summary: 'List the invoices of a tenant',
    description: 'Returns the invoices of a tenant with their lines, the last issued first. The filters are those of `listPlatformInvoices`.',
  })
  @ApiOkResponse({ type: PlatformInvoicePageDto })
  async listTenantInvoices(@IdParam('tenantId') id: string, @Query() query: ListTenantInvoicesQuery): Promise<PlatformInvoicePageDto> {
    await this.lists.assertTenant(id);
    return this.lists.listInvoices(wholeQuery({ ...query, organizationId: id }));
  }

  @Get('tenants/:tenantId/invoices/:invoiceId')
  @ApiOperation({ summary: 'Retrieve an invoice of a tenant', description: 'Returns an invoice of a tenant with its lines. `credited` is the sum of its credit notes.' })
  @ApiOkResponse({ type: PlatformInvoiceDto })
  getTenantInvoice(@IdParam('tenantId') id: string, @IdParam('invoiceId') invoiceId: string): Promise<PlatformInvoiceDto> {
    return this.lists.getInvoice(id, invoiceId);
  }

  @Get('tenants/:tenantId/invoices/:invoiceId/pdf')
  @ApiOperation({
    summary: 'Download an invoice of a tenant as PDF',
    description:
      'Returns the invoice as a PDF file, in the language of the tenant. An invoice of Stripe is refused (`document_elsewhere`): its `url` leads to it. When too many documents are being written, the answer is 503 (`documents_busy`).',
  })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  downloadTenantInvoicePdf(@IdParam('tenantId') organizationId: string, @IdParam('invoiceId') id: string): Promise<StreamableFile> {
    return toPdfResponse(this.documents, { kind: 'invoice', organizationId, id });
  }

  @Get('tenants/:tenantId/invoices/:invoiceId/html')
  @ApiOperation({
    summary: 'View an invoice of a tenant as HTML',
    description: 'Returns the invoice as a page without scripts, in the language of the tenant. An invoice of Stripe is refused (`document_elsewhere`): its `url` leads to it.',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  viewTenantInvoice(@IdParam('tenantId') organizationId: string, @IdParam('invoiceId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    return toHtmlResponse(this.documents, { kind: 'invoice', organizationId, id }, reply);
  }

  @Get('tenants/:tenantId/credit-notes')
  @ApiOperation({
    summary: 'List the credit notes of a tenant',
    description: 'Returns the credit notes of a tenant with their lines, also void ones, the last issued first. Filter by `invoiceId`.',
  })
  @ApiOkResponse({ type: CreditNotePageDto })
  async listTenantCreditNotes(@IdParam('tenantId') id: string, @Query() query: ListCreditNotesQuery): Promise<CreditNotePageDto> {
    await this.lists.assertTenant(id);
    return this.lists.listCreditNotes(id, query);
  }

  @Get('tenants/:tenantId/balance-settlements')
  @ApiOperation({ summary: 'List settlements of the balance of a tenant', description: 'Returns the parts of the balance that were paid out or written off, the latest first.' })
  @ApiOkResponse({ type: BalanceSettlementPageDto })
  async listTenantBalanceSettlements(@IdParam('tenantId') id: string, @Query() query: ListBalanceSettlementsQuery): Promise<BalanceSettlementPageDto> {
    await this.lists.assertTenant(id);
    return this.lists.listBalanceSettlements(id, query);
  }

  @Get('tenants/:tenantId/credit-notes/:creditNoteId')
  @ApiOperation({ summary: 'Retrieve a credit note of a tenant', description: 'Returns a credit note of a tenant with its lines.' })
  @ApiOkResponse({ type: CreditNoteDto })
  getTenantCreditNote(@IdParam('tenantId') id: string, @IdParam('creditNoteId') creditNoteId: string): Promise<CreditNoteDto> {
    return this.lists.getCreditNote(id, creditNoteId);
  }

  @Get('tenants/:tenantId/credit-notes/:creditNoteId/pdf')
  @ApiOperation({
    summary: 'Download a credit note of a tenant as PDF',
    description: 'Returns the credit note as a PDF file, in the language of the tenant. When too many documents are being written, the answer is 503 (`documents_busy`).',
  })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  downloadTenantCreditNotePdf(@IdParam('tenantId') organizationId: string, @IdParam('creditNoteId') id: string): Promise<StreamableFile> {
    return toPdfResponse(this.documents, { kind: 'credit_note', organizationId, id });
  }

  @Get('tenants/:tenantId/credit-notes/:creditNoteId/html')
  @ApiOperation({ summary: 'View a credit note of a tenant as HTML', description: 'Returns the credit note as a page without scripts, in the language of the tenant.' })
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  viewTenantCreditNote(@IdParam('tenantId') organizationId: string, @IdParam('creditNoteId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    return toHtmlResponse(this.documents, { kind: 'credit_note', organizationId, id }, reply);
  }
}
