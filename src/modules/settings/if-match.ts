import type { FastifyReply } from 'fastify';
import { etagOf } from '../../common/http/etag.js';

/** The OpenAPI description of the `If-Match` header of settings documents. */
export const ifMatchHeader = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that you read. The change is refused with 412 if the document has changed since',
} as const;

/** Sets the ETag header and returns the value. */
export function withETag<Value>(reply: FastifyReply, version: number, value: Value): Value {
  reply.header('etag', etagOf(version));
  return value;
}
