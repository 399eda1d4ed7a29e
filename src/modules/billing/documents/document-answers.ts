import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { fileNameOf, type DocumentReference, type DocumentTables, type DocumentsService } from './documents.service.js';

/** The page has its style in itself, and nothing else: no scripts, forms or other files. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Answers with a document as a PDF file. */
export async function answerPdf(documents: DocumentsService, reference: DocumentReference, db?: DocumentTables): Promise<StreamableFile> {
  const document = await documents.readDocument(reference, db);
  return new StreamableFile(await documents.toPdf(document), { type: 'application/pdf', disposition: `attachment; filename="${fileNameOf(document, 'pdf')}"` });
}

/** Answers with a document as a page. */
export async function answerHtml(documents: DocumentsService, reference: DocumentReference, reply: FastifyReply, db?: DocumentTables): Promise<StreamableFile> {
  const document = await documents.readDocument(reference, db);
  reply.header('content-security-policy', contentSecurityPolicy);
  return new StreamableFile(Buffer.from(documents.toHtml(document)), { type: 'text/html; charset=utf-8' });
}
