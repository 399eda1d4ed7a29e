import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';

export class InvalidHostError extends AppError {
  constructor(problem: string) {
    super('malformed', 'invalid_host', `${problem} Send one Host header with the name that you connect to, as RFC 9112, section 3.2, requires.`);
  }
}

/** A name or an IP address, with or without a port (RFC 3986, section 3.2.2). */
const hostSyntax = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,253}[a-z0-9_.])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
/** The absolute form of a request target (RFC 9112, section 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)/i;

/** Returns the path and query of a request target, for the router. */
export function pathOfTarget({ url = '/' }: IncomingMessage): string {
  const path = absoluteForm.exec(url)?.[2];
  return path === undefined ? url : path.startsWith('/') ? path : `/${path}`;
}

/**
 * Returns the host of a request without its port, in the form that names are compared in: lower case, without a final dot
 * (RFC 3986, section 3.2.2). The only reader of the host; the lint rule `tenantry/request-address` forbids others.
 */
export const hostNameOf = ({ hostname }: FastifyRequest): string => hostname.toLowerCase().replace(/\.$/, '');

/** Whether a request was sent to the host and port of the page with an origin (RFC 6454). The scheme is that of the page: a proxy may have removed TLS. */
export function isSentToOrigin({ host }: FastifyRequest, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const target = `${page.protocol}//${host}`;
  return page.host !== '' && URL.canParse(target) && new URL(target).host === page.host;
}

/**
 * Returns what is wrong with the host of a request that has each header once; undefined when it names one host.
 *
 * @param trustsForwarded whether X-Forwarded-Host is read, because the request came through a trusted proxy
 */
export function hostFaultOf(request: FastifyRequest, trustsForwarded: boolean): string | undefined {
  const { host } = request.headers;
  if (host !== undefined && !hostSyntax.test(host)) return 'The Host header is not a host.';
  const target = absoluteForm.exec(request.originalUrl)?.[1];
  if (target !== undefined && target.toLowerCase() !== host?.toLowerCase()) return 'The request target names another host than the Host header.';
  if (!trustsForwarded) return undefined;
  const forwarded = request.headers['x-forwarded-host'];
  return forwarded !== undefined && !hostSyntax.test(String(forwarded)) ? 'The X-Forwarded-Host header is not one host.' : undefined;
}
