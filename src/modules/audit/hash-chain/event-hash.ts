import { createHash } from 'node:crypto';

/** An event with its actor and changes, as stored in the database. */
export interface EventRow {
  readonly organizationId: string | null;
  readonly id: string;
  readonly sequence: string;
  /** As text, in UTC, with milliseconds. */
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
  /** Null after the actor was erased, as the other fields of the actor. */
  readonly actorSalt: Buffer | null;
  readonly actorName: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly detailsSalt: Buffer | null;
  /** The changes as PostgreSQL prints them. Null after they were erased. */
  readonly changesText: string | null;
}

/** The columns of {@link EventRow}, from `audit.events e`. */
export const eventColumns = `e.organization_id as "organizationId", e.id, e.sequence::text as sequence,
         to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", e.request_id as "requestId",
         e.actor_kind as "actorKind", e.actor_id as "actorId", e.action, e.outcome, e.code, e.times, e.target_table as "targetTable", e.target_id as "targetId", e.changes,
         e.actor_hash as "actorHash", e.details_hash as "detailsHash", e.previous_hash as "previousHash", e.hash,
         e.actor_salt as "actorSalt", e.actor_name as "actorName", e.ip, e.user_agent as "userAgent", e.details_salt as "detailsSalt", e.details::text as "changesText"`;

/** The key of the chain of the platform in `audit.heads`. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

/** The hash before the first event of a chain. */
export const noHash = Buffer.alloc(32);

/** Prints an array of texts as PostgreSQL prints a jsonb array. */
const printed = (texts: readonly (string | null)[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Computes the hash of an event after `previous`. Does not use functions of the database, which is what is being verified. */
export function eventHash(row: EventRow, previous: Buffer): Buffer {
  const { organizationId, id, sequence, occurredAt, requestId, actorKind, actorId, action, outcome, code, times, targetTable, targetId, changes } = row;
  const texts = [organizationId, id, sequence, occurredAt, requestId, actorKind, actorId, action, outcome, code, String(times), targetTable, targetId, String(changes)];
  return sha256(previous, printed([...texts, row.actorHash.toString('hex'), row.detailsHash.toString('hex')]));
}

/** Computes the hash of the actor; undefined when the actor was erased, completely. */
export const actorHash = ({ actorSalt, actorName, ip, userAgent }: EventRow): Buffer | undefined =>
  [actorSalt, actorName, ip, userAgent].every((part) => part === null) ? undefined : sha256(actorSalt ?? '', printed([actorName, ip, userAgent]));

/** Computes the hash of the changes; undefined when they were erased, completely. */
export const detailsHash = ({ detailsSalt, changesText }: EventRow): Buffer | undefined =>
  detailsSalt === null && changesText === null ? undefined : sha256(detailsSalt ?? '', changesText ?? '');
