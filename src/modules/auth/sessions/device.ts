import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from '../../../common/http/addresses/client-address.js';
import { userAgentOf } from '../../../common/http/user-agent.js';

/** The client of a session, as the list of sessions shows it. */
export interface Device {
  readonly userAgent: string | null;
  readonly ipAddress: string;
}

/** Injects the {@link Device} of the request. */
export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { userAgent: userAgentOf(request) ?? null, ipAddress: clientAddressOf(request) };
});
