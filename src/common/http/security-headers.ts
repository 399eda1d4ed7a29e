import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** Returns the headers that helmet sets. They are the same for every answer, so helmet runs once, on a response that notes them. */
function headersOfHelmet(): Readonly<Record<string, string>> {
  const noted: Record<string, string> = {};
  const response = { setHeader: (name: string, value: string) => (noted[name.toLowerCase()] = value), removeHeader: () => undefined };
  const setHeaders = helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } } });
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error as Error;
  });
  return noted;
}

/** The security headers of every answer. `Vary`: the answer to another origin has other header fields (CORS). */
export const securityHeaders = { ...headersOfHelmet(), vary: 'Origin' };

/** Adds the security headers to every answer, also to those of the hooks that follow. */
export function addSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
}
