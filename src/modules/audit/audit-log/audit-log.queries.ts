import { Prisma } from '../../../generated/prisma/client.js';
import { eventColumns } from '../hash-chain/event-hash.js';
import type { AuditFilterQuery } from './audit-log.dto.js';
import { readTime } from '../../../common/times.js';

/** Selects events of an organization, or of the platform when `organizationId` is null. */
export interface EventSelection {
  readonly organizationId: string | null;
  readonly filter: AuditFilterQuery;
  /** Only events before this sequence number. */
  readonly before: string | undefined;
  readonly limit: number;
}

export const inChain = (organizationId: string | null): Prisma.Sql =>
  organizationId === null ? Prisma.sql`e.organization_id is null` : Prisma.sql`e.organization_id = ${organizationId}::uuid`;

/**
 * Selects the newest matching events, ordered by sequence number, with which the index of each filter ends. Times are first
 * turned into sequence numbers, because both have the same order.
 */
export function eventsQuery({ organizationId, filter, before, limit }: EventSelection): Prisma.Sql {
  const chain = inChain(organizationId);
  const { action, actorId, targetId, outcome, requestId, from, to } = filter;
  // With row security, PostgreSQL can use an index for these conditions, but not for a coalesce().
  const since = (time: string): Prisma.Sql =>
    Prisma.sql`e.sequence >= (select e.sequence from audit.events e where ${chain} and e.occurred_at >= ${readTime(time)} order by e.occurred_at, e.sequence limit 1)`;
  const until = (time: string): Prisma.Sql =>
    Prisma.sql`e.sequence <= (select e.sequence from audit.events e where ${chain} and e.occurred_at < ${readTime(time)} order by e.occurred_at desc, e.sequence desc limit 1)`;
  const conditions = [
    chain,
    ...(before === undefined ? [] : [Prisma.sql`e.sequence < ${before}::bigint`]),
    ...(action === undefined ? [] : [Prisma.sql`e.action = ${action}`]),
    ...(actorId === undefined ? [] : [Prisma.sql`e.actor_id = ${actorId}`]),
    ...(targetId === undefined ? [] : [Prisma.sql`e.target_id = ${targetId}`]),
    ...(outcome === undefined ? [] : outcome === 'refused' ? [Prisma.sql`e.outcome = 'refused'`] : [Prisma.sql`e.outcome = 'done'`]),
    ...(requestId === undefined ? [] : [Prisma.sql`e.request_id = ${requestId}`]),
    ...(from === undefined ? [] : [since(from)]),
    ...(to === undefined ? [] : [until(to)]),
  ];
  return Prisma.sql`
    select ${Prisma.raw(eventColumns)}
      from audit.events e where ${Prisma.join(conditions, ' and ')} order by e.sequence desc limit ${limit}::int`;
}
