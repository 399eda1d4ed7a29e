import type { FastifyReply } from 'fastify';
import { etagOf } from '../../common/http/etag.js';

/** Sets the ETag header and returns the value. */
export function withETag<Value>(reply: FastifyReply, version: number, value: Value): Value {
  reply.header('etag', etagOf(version));
  return value;
}
