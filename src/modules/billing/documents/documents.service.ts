import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BackgroundThread, BackgroundTimeoutError } from '../../../common/background-thread.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { MailAttachmentsService, type MailAttachment } from '../../mail/mail-attachments.service.js';
import { DocumentElsewhereError, DocumentsBusyError } from '../billing.errors.js';
import { shownWithInvoice } from '../invoices/invoices.service.js';
import type { BillingReader } from '../invoices/billing-reader.js';
import { documentToHtml } from './document-html.js';
import { printCreditNote, printInvoice, type PrintedDocument } from './printed-document.policy.js';

/** Names a document of an organization. */
export interface DocumentReference {
  readonly kind: 'invoice' | 'credit_note';
  readonly organizationId: string;
  readonly id: string;
}

/** The tables of documents, as both clients have them. */
export type DocumentTables = Pick<TenantDb, 'organization' | 'invoice' | 'creditNote' | 'balanceSettlement'>;

/** Returns the name of a document's file. */
export const fileNameOf = ({ number }: Pick<PrintedDocument, 'number'>, extension: string): string => `${number.replace(/[^\w.-]/g, '-')}.${extension}`;

/**
 * Writes invoices and credit notes as HTML and PDF, from their rows: no file is stored. PDF is written in a {@link BackgroundThread}.
 */
@Injectable()
export class DocumentsService implements OnModuleInit, OnApplicationShutdown {
  readonly #thread = new BackgroundThread<PrintedDocument, Uint8Array>({ filename: new URL('./document-pdf.thread.js', import.meta.url), patience: 20_000, maxWaiting: 20 });

  constructor(
    private readonly platform: PlatformDb,
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
    private readonly attachments: MailAttachmentsService,
  ) {}

  onModuleInit(): void {
    this.attachments.use((attachment) => this.#attach(attachment));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#thread.end();
  }

  /** Returns the content of a document. @throws {NotFoundError | DocumentElsewhereError} */
  async readDocument({ kind, organizationId, id }: DocumentReference, reader: BillingReader = 'platform'): Promise<PrintedDocument> {
    const db: DocumentTables = reader === 'tenant' ? this.db : this.platform;
    const organization = await db.organization.findUnique({ where: { id: organizationId }, select: { locale: true } });
    if (organization === null) throw new NotFoundError();
    const settings = { locale: organization.locale, paymentInstructions: this.catalog.billing.paymentInstructions };
    const where = { organizationId_id: { organizationId, id } };
    if (kind === 'credit_note') {
      const note = await db.creditNote.findUnique({ where, include: { lines: { orderBy: { position: 'asc' } }, invoice: true } });
      if (note === null) throw new NotFoundError();
      return printCreditNote(note, settings);
    }
    const invoice = await db.invoice.findUnique({ where, include: shownWithInvoice });
    if (invoice === null) throw new NotFoundError();
    if (invoice.provider !== 'manual') throw new DocumentElsewhereError(invoice.url);
    return printInvoice(invoice, settings);
  }

  toHtml(document: PrintedDocument): string {
    return documentToHtml(document);
  }

  /** @throws {DocumentsBusyError} */
  async toPdf(document: PrintedDocument): Promise<Uint8Array> {
    if (this.#thread.isFull) throw new DocumentsBusyError();
    try {
      return await this.#thread.run(document);
    } catch (error) {
      throw error instanceof BackgroundTimeoutError ? new DocumentsBusyError() : error;
    }
  }

  /** Writes the PDF of a mail when the mail is sent. A document that was erased meanwhile is left out. */
  async #attach(attachment: MailAttachment): Promise<{ filename: string; contentType: string; content: Buffer } | undefined> {
    try {
      const document = await this.readDocument(attachment);
      return { filename: fileNameOf(document, 'pdf'), contentType: 'application/pdf', content: Buffer.from(await this.toPdf(document)) };
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}
