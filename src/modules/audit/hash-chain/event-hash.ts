import { createHash } from 'node:crypto';

/** An event as the database holds it, with what stands beside the chain. */
export interface EventRow {
  readonly organizationId: string | null;
  readonly id: string;
  readonly sequence: string;
  /** As text, in UTC, to the millisecond. */
  readonly occurredAt: string;
  readonly requestId: string | null;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly times: number;
  readonly targetTable: string | null;
  readonly targetId: string | null;
  readonly changes: number;
  readonly actorHash: Buffer;
  readonly detailsHash: Buffer;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  /** Null, as the rest of it, once it was erased. */
  readonly actorSalt: Buffer | null;
  readonly actorName: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly detailsSalt: Buffer | null;
  /** As PostgreSQL prints it. */
  readonly changesText: string | null;
}

/** The columns of {@link EventRow}, of `audit.events e`, `audit.actors a` and `audit.details d`. */
export const eventColumns = `e.organization_id as "organizationId", e.id, e.sequence::text as sequence,
         to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", e.request_id as "requestId",
         e.actor_kind as "actorKind", e.actor_id as "actorId", e.action, e.outcome, e.code, e.times, e.target_table as "targetTable", e.target_id as "targetId", e.changes,
         e.actor_hash as "actorHash", e.details_hash as "detailsHash", e.previous_hash as "previousHash", e.hash,
         a.salt as "actorSalt", a.name as "actorName", a.ip, a.user_agent as "userAgent", d.salt as "detailsSalt", d.changes::text as "changesText"`;

/** Before the first event of a chain. */
export const noHash = Buffer.alloc(32);

/** As PostgreSQL prints a jsonb array of texts. */
const printed = (texts: readonly (string | null)[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The hash that the event must have behind `previous`. Computed here, not by the functions of the database that is judged. */
export function eventHash(row: EventRow, previous: Buffer): Buffer {
  const { organizationId, id, sequence, occurredAt, requestId, actorKind, actorId, action, outcome, code, times, targetTable, targetId, changes } = row;
  const texts = [organizationId, id, sequence, occurredAt, requestId, actorKind, actorId, action, outcome, code, String(times), targetTable, targetId, String(changes)];
  return sha256(previous, printed([...texts, row.actorHash.toString('hex'), row.detailsHash.toString('hex')]));
}

/** Undefined when it was erased. */
export const actorHash = ({ actorSalt, actorName, ip, userAgent }: EventRow): Buffer | undefined =>
  actorSalt === null ? undefined : sha256(actorSalt, printed([actorName, ip, userAgent]));

/** Undefined when it was erased. */
export const detailsHash = ({ detailsSalt, changesText }: EventRow): Buffer | undefined =>
  detailsSalt === null || changesText === null ? undefined : sha256(detailsSalt, changesText);
