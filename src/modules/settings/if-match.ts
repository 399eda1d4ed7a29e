import type { FastifyReply } from 'fastify';
import { etagOf } from '../../common/http/etag.js';

/** How the documents of settings document their `If-Match` header. */
export const ifMatchHeader = { name: 'If-Match', required: false, description: 'The ETag you read; refuses the change when somebody else was faster' } as const;

/** Sets the entity tag of an answer, and hands the answer on. */
export function withETag<Value>(reply: FastifyReply, version: number, value: Value): Value {
  reply.header('etag', etagOf(version));
  return value;
}
