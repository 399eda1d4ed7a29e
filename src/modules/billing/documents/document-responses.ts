import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { BillingReader } from '../invoices/billing-reader.js';
import { fileNameOf, type DocumentReference, type DocumentsService } from './documents.service.js';

/** The page contains its style, and nothing else: no scripts, forms or other files. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Answers with a document as a PDF file. */
export async function toPdfResponse(documents: DocumentsService, reference: DocumentReference, reader?: BillingReader): Promise<StreamableFile> {
  const document = await documents.readDocument(reference, reader);
  return new StreamableFile(await documents.toPdf(document), { type: 'application/pdf', disposition: `attachment; filename="${fileNameOf(document, 'pdf')}"` });
}

/** Answers with a document as a page. */
export async function toHtmlResponse(documents: DocumentsService, reference: DocumentReference, reply: FastifyReply, reader?: BillingReader): Promise<StreamableFile> {
  const document = await documents.readDocument(reference, reader);
  reply.header('content-security-policy', contentSecurityPolicy);
  return new StreamableFile(Buffer.from(documents.toHtml(document)), { type: 'text/html; charset=utf-8' });
}
