import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a session is used from, as shown in the list of sessions. */
export interface Device {
  readonly userAgent: string | null;
  readonly ipAddress: string;
}

/** The {@link Device} of the request. */
export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { userAgent: request.headers['user-agent']?.slice(0, 300) ?? null, ipAddress: request.ip };
});
