import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { expectedVersions, type ExpectedVersions } from '../common/http/etag.js';
import { identityOf } from './principal/principal.js';

/** Injects the versions of a document of the organization that the caller of a change accepts, as `If-Match` names them. */
export const AcceptedVersions = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return expectedVersions(request.headers['if-match'], identityOf(request).principal?.membership?.organizationId);
});
