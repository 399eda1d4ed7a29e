import { Controller, Get, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { BalanceSettlementPageDto, ListBalanceSettlementsQuery } from '../invoices/balance-settlements.dto.js';
import { CreditNoteDto, CreditNotePageDto, ListCreditNotesQuery } from '../invoices/credit-notes.dto.js';
import { DocumentListsService } from './document-lists.service.js';
import { toHtmlResponse, toPdfResponse } from './document-responses.js';
import { DocumentsService } from './documents.service.js';

/** A suspended or cancelled organization can still read what it owes. */
const evenIf = ['suspended', 'cancelled'] as const;

@ApiTags('billing')
@Controller('organizations/:organizationId')
@Unmetered()
export class DocumentsController {
  constructor(
    private readonly documents: DocumentsService,
    private readonly lists: DocumentListsService,
  ) {}

  @Get('invoices/:invoiceId/pdf')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({
    summary: 'Download an invoice as PDF',
    description:
      'Returns the invoice as a PDF file, in the language of the organization. An invoice of Stripe is refused (`document_elsewhere`): its `url` leads to it. When too many documents are being written, the answer is 503 (`documents_busy`).',
  })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  downloadInvoicePdf(@IdParam('organizationId') organizationId: string, @IdParam('invoiceId') id: string): Promise<StreamableFile> {
    return toPdfResponse(this.documents, { kind: 'invoice', organizationId, id }, 'tenant');
  }

  @Get('invoices/:invoiceId/html')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({
    summary: 'View an invoice as HTML',
    description:
      'Returns the invoice as a page without scripts, in the language of the organization. An invoice of Stripe is refused (`document_elsewhere`): its `url` leads to it.',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  viewInvoice(@IdParam('organizationId') organizationId: string, @IdParam('invoiceId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    return toHtmlResponse(this.documents, { kind: 'invoice', organizationId, id }, reply, 'tenant');
  }

  @Get('credit-notes')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'List the credit notes', description: 'Returns the credit notes with their lines, also void ones, the last issued first. Filter by `invoiceId`.' })
  @ApiOkResponse({ type: CreditNotePageDto })
  listCreditNotes(@IdParam('organizationId') organizationId: string, @Query() query: ListCreditNotesQuery): Promise<CreditNotePageDto> {
    return this.lists.listCreditNotes(organizationId, query, 'tenant');
  }

  @Get('balance-settlements')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'List settlements of the balance', description: 'Returns the parts of the balance that the operator has paid out or written off, the latest first.' })
  @ApiOkResponse({ type: BalanceSettlementPageDto })
  listBalanceSettlements(@IdParam('organizationId') organizationId: string, @Query() query: ListBalanceSettlementsQuery): Promise<BalanceSettlementPageDto> {
    return this.lists.listBalanceSettlements(organizationId, query, 'tenant');
  }

  @Get('credit-notes/:creditNoteId')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'Retrieve a credit note', description: 'Returns a credit note with its lines.' })
  @ApiOkResponse({ type: CreditNoteDto })
  getCreditNote(@IdParam('organizationId') organizationId: string, @IdParam('creditNoteId') id: string): Promise<CreditNoteDto> {
    return this.lists.getCreditNote(organizationId, id, 'tenant');
  }

  @Get('credit-notes/:creditNoteId/pdf')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({
    summary: 'Download a credit note as PDF',
    description: 'Returns the credit note as a PDF file, in the language of the organization. When too many documents are being written, the answer is 503 (`documents_busy`).',
  })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  downloadCreditNotePdf(@IdParam('organizationId') organizationId: string, @IdParam('creditNoteId') id: string): Promise<StreamableFile> {
    return toPdfResponse(this.documents, { kind: 'credit_note', organizationId, id }, 'tenant');
  }

  @Get('credit-notes/:creditNoteId/html')
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'View a credit note as HTML', description: 'Returns the credit note as a page without scripts, in the language of the organization.' })
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  viewCreditNote(@IdParam('organizationId') organizationId: string, @IdParam('creditNoteId') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    return toHtmlResponse(this.documents, { kind: 'credit_note', organizationId, id }, reply, 'tenant');
  }
}
