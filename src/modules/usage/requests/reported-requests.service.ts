import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Principal } from '../../../access/principal/principal.js';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import type { FieldError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { clockTolerance } from '../metering/clock-tolerance.js';
import { reporterOf } from '../metering/reporter.js';
import { InvalidRequestsError } from '../usage.errors.js';
import type { ReportedRequestDto, RequestsReceiptDto } from './reported-requests.dto.js';
import { RequestBatchesService } from './request-batches.service.js';
import { readTime } from '../../../common/times.js';

/** Logs requests that a product answered in another process, so that reports have them like requests of this server. */
@Injectable()
export class ReportedRequestsService {
  constructor(
    private readonly batches: RequestBatchesService,
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /**
   * Logs all of the requests, or none. They are durable when the promise resolves.
   *
   * @throws {InvalidRequestsError} with a pointer to each invalid request
   */
  async logRequests(principal: Principal, requests: readonly ReportedRequestDto[]): Promise<RequestsReceiptDto> {
    const sent = requests.map((request) => ({ ...request, at: readTime(request.occurredAt) }));
    const errors = [...this.#timeProblems(sent), ...(await this.#userProblems(requests))];
    if (errors.length > 0) throw new InvalidRequestsError(errors);
    const { organizationId } = this.context;
    const caller = reporterOf(principal);
    const { logged, conflicting } = await this.batches.logForCaller(
      sent.map(({ id, at, method, endpoint, status, durationMs, tokens = 0, userId }) => ({
        id: logId(id),
        organizationId,
        at,
        method,
        endpoint,
        status,
        duration: Math.round(durationMs * 1000),
        tokens,
        ...(userId === undefined ? caller : { userId, apiKeyId: undefined }),
        requestId: id,
      })),
    );
    const conflicts = conflicting.map((place) => conflictOf(place - 1, requests[place - 1]?.id ?? ''));
    return { accepted: logged, repeated: requests.length - logged - conflicts.length, conflicts };
  }

  #timeProblems(sent: readonly { readonly at: Date }[]): FieldError[] {
    const now = this.clock.now().getTime();
    const { lateDays } = this.catalog.usage;
    return sent.flatMap(({ at }, index) => {
      const [pointer, time] = [`/requests/${index}/occurredAt`, at.getTime()];
      if (time < now - lateDays * dayLength) return [{ pointer, code: 'too_late', message: `the request happened more than ${lateDays} days ago` }];
      return time > now + clockTolerance ? [{ pointer, code: 'in_the_future', message: 'the request is in the future' }] : [];
    });
  }

  /** Finds users who are no members. A former member is known by earlier requests: the request may be older than the end of the membership. */
  async #userProblems(requests: readonly ReportedRequestDto[]): Promise<FieldError[]> {
    const ids = new Set(requests.flatMap(({ userId }) => userId ?? []));
    if (ids.size === 0) return [];
    const members = await this.db.membership.findMany({ where: { userId: { in: [...ids] } }, select: { userId: true } });
    for (const { userId } of members) ids.delete(userId);
    if (ids.size > 0) for (const { caller } of await this.#earlierCallers([...ids])) ids.delete(caller.slice('user:'.length));
    return requests.flatMap(({ userId }, index) =>
      userId === undefined || !ids.has(userId) ? [] : [{ pointer: `/requests/${index}/userId`, code: 'unknown_member', message: 'the user is not a member of the organization' }],
    );
  }

  #earlierCallers(userIds: readonly string[]): Promise<readonly { readonly caller: string }[]> {
    const day = { gte: new Date(this.clock.now().getTime() - (this.catalog.usage.lateDays + 1) * dayLength) };
    return this.db.requestDay.findMany({ where: { day, caller: { in: userIds.map((id) => `user:${id}`) } }, select: { caller: true }, distinct: ['caller'] });
  }
}

/** The log identifies its rows by UUIDs. A UUID of version 8 (RFC 9562, section 5.8) is made from the id, so a repetition has the same. */
function logId(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const conflictOf = (index: number, id: string): RequestsReceiptDto['conflicts'][number] => ({
  pointer: `/requests/${index}/id`,
  id,
  code: 'request_id_reused',
  message: 'the id belongs to a different request of the same time. This request was not logged',
});
