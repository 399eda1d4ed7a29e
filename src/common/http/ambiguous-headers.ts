import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { hostFaultOf, InvalidHostError } from './addresses/host-header.js';

class RepeatedHeaderError extends AppError {
  constructor(name: string) {
    super('malformed', 'repeated_header', `The request has more than one ${name} header. Send it once: a proxy and this server could read different ones.`);
  }
}

/** The headers that decide who sends a request, for which organization, and how its body is read. */
const singleHeaders = ['Host', 'X-Forwarded-Host', 'Authorization', 'X-API-Key', 'X-Tenant-ID', 'X-Tenant-Slug', 'Content-Type'] as const;
type SingleHeader = (typeof singleHeaders)[number];
const bits: ReadonlyMap<string, number> = new Map(singleHeaders.map((name, index) => [name.toLowerCase(), 1 << index]));

/**
 * Returns a single header that was sent more than once. Node.js keeps the first of some headers and joins the others, so only
 * the raw headers show it.
 *
 * @param rawHeaders names and values in turn
 */
export function repeatedHeaderIn(rawHeaders: readonly string[]): SingleHeader | undefined {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = bits.get((rawHeaders[index] as string).toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return singleHeaders[31 - Math.clz32(bit)];
    seen |= bit;
  }
  return undefined;
}

/**
 * Refuses requests that two readers could understand differently, before anything reads them: headers that are sent twice, and
 * hosts that are not one host.
 *
 * @param trustsForwarded whether X-Forwarded-Host is read, because the request came through a trusted proxy
 */
export function refuseAmbiguousHeaders(fastify: FastifyInstance, trustsForwarded: boolean): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const repeated = repeatedHeaderIn(request.raw.rawHeaders);
    if (repeated === 'Host' || repeated === 'X-Forwarded-Host') return done(new InvalidHostError(`The request has more than one ${repeated} header.`));
    if (repeated !== undefined) return done(new RepeatedHeaderError(repeated));
    const fault = hostFaultOf(request, trustsForwarded);
    return done(fault === undefined ? undefined : new InvalidHostError(fault));
  });
}
