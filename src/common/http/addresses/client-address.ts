import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { canonicalAddress } from './address.js';

/** Stands for the address of a connection that ended before its address was read: nobody receives the answer. */
const unknownAddress = '0.0.0.0';

/** Where a request keeps its address. */
const known = Symbol('client address');

/**
 * Returns the address of the client in its canonical form: the one that the outermost trusted proxy has seen. A value of
 * `X-Forwarded-For` that is not an address is ignored; then the next one nearer to this server counts, at last the connection.
 * The only reader of the addresses of a request; the lint rule `tenantry/request-address` forbids others.
 */
export function clientAddressOf(request: FastifyRequest & { [known]?: string }): string {
  return (request[known] ??= readAddress(request));
}

function readAddress(request: FastifyRequest): string {
  // A connection that was reset has no address.
  const ips: readonly (string | undefined)[] = request.ips ?? [];
  // The list begins with the connection. The values that trusted proxies have added follow, up to TRUSTED_PROXIES.
  for (const address of ips.toReversed()) {
    const canonical = address === undefined ? undefined : canonicalAddress(address);
    if (canonical !== undefined) return canonical;
  }
  return unknownAddress;
}

/** Injects the address of the client. */
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext): string => clientAddressOf(context.switchToHttp().getRequest<FastifyRequest>()));
