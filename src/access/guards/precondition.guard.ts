import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { expectedTimes } from '../../common/http/etag.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { NoVersionError } from '../access.errors.js';
import { identityOf } from '../principal/principal.js';
import { conditionsOf } from './route-conditions.js';
import { versionedResource } from './versioned-resource.js';

const methods: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * Asks: can the caller's `If-Match` hold? The database compares it in the transaction of the change (`app.require_version`). Where there is no version the
 * request is refused: without an answer, the caller would take a lost update for impossible.
 */
@Injectable()
export class PreconditionGuard implements CanActivate {
  constructor(private readonly context: TenantContext) {}

  canActivate(execution: ExecutionContext): true {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const expected = request.headers['if-match'];
    if (expected !== undefined && methods.has(request.method) && !conditionsOf(execution).changesVersion) this.#expect(request, expected);
    return true;
  }

  /** @throws {NoVersionError | VersionConflictError} */
  #expect(request: FastifyRequest, ifMatch: string): void {
    if (ifMatch.trim() === '*') return;
    const { url = '' } = request.routeOptions;
    const resource = request.server.hasRoute({ method: 'GET', url }) ? versionedResource(url) : undefined;
    const key = resource?.param === undefined ? identityOf(request).principal?.userId : (request.params as Readonly<Record<string, string>>)[resource.param];
    if (resource === undefined || typeof key !== 'string') throw new NoVersionError();
    const times = expectedTimes(ifMatch);
    if (times !== undefined) this.context.expectVersion(resource.table, key.toLowerCase(), times);
  }
}
