import type { PlatformPool } from '../../database/wire/platform-pool.js';
import type { DomainEvent } from '../../generated/prisma/client.js';
import { toAuditEventDto } from '../audit/audit-log/audit-event-body.js';
import { eventColumns, platformChain, type EventRow } from '../audit/hash-chain/event-hash.js';
import { toEventDto } from '../events/event-body.js';

/** The ranges, and the events of each kind, of a batch at most; and the stored bytes of the data of each kind after which none is added. */
const [maxRanges, maxEvents, maxBytes] = [200, 500, 2_000_000];

/** The characters of the reason of a failure that are kept. */
export const maxReason = 500;

/** Creates the cursor of a sink, from now on, and notes that it is served. */
export async function registerSink(pool: PlatformPool, name: string): Promise<void> {
  await pool.query(
    `insert into event_sinks as s (name) values ($1)
     on conflict (name) do update set served_at = now() where s.served_at < now() - interval '1 hour'`,
    [name],
  );
}

/** Leases a sink that has something to send. @returns the lease; undefined if nothing waits, another replica sends, or the next attempt is later */
export async function leaseSink(pool: PlatformPool, name: string, milliseconds: number): Promise<string | undefined> {
  const { rows } = await pool.query<{ lease: string }>(
    `update event_sinks set lease = gen_random_uuid(), leased_until = clock_timestamp() + $2 * interval '1 millisecond'
      where name = $1 and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
        and exists (select from sink_ranges r where r.sink = $1)
     returning lease::text as lease`,
    [name, milliseconds],
  );
  return rows[0]?.lease;
}

export async function extendLease(pool: PlatformPool, name: string, lease: string, milliseconds: number): Promise<void> {
  await pool.query(`update event_sinks set leased_until = clock_timestamp() + $3 * interval '1 millisecond' where name = $1 and lease = $2`, [name, lease, milliseconds]);
}

export async function releaseSink(pool: PlatformPool, name: string, lease: string): Promise<void> {
  await pool.query('update event_sinks set lease = null, leased_until = null where name = $1 and lease = $2', [name, lease]);
}

/** Ends the lease of a sink after a failed attempt. @param pause returns the milliseconds until the next attempt */
export async function noteFailure(pool: PlatformPool, name: string, lease: string, reason: string, pause: (failures: number) => number): Promise<void> {
  const { rows } = await pool.query<{ failures: number }>(
    `update event_sinks set lease = null, leased_until = null, failures = failures + 1, failed_at = clock_timestamp(), failure = left($3, ${maxReason})
      where name = $1 and lease = $2 returning failures`,
    [name, lease, reason],
  );
  if (rows[0] === undefined) return;
  await pool.query(`update event_sinks set next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond' where name = $1`, [name, pause(rows[0].failures)]);
}

interface Range {
  readonly id: string;
  readonly chain: string;
  readonly kind: 'event' | 'audit';
  readonly after: string;
  readonly until: string;
  /** The milliseconds for which it has waited. */
  readonly age: number;
}

/** A part of the stream that a sink has not received. */
export interface SinkBatch {
  /** One line of NDJSON for each event. */
  readonly lines: readonly string[];
  readonly counts: Readonly<Record<Range['kind'], number>>;
  /** The milliseconds for which the first range has waited. */
  readonly age: number;
  /** Whether more waits. */
  readonly more: boolean;
  readonly done: SinkProgress;
}

/** Ranges are done with a batch, whole or up to a number. */
interface SinkProgress {
  readonly whole: readonly string[];
  /** Ranges of which the batch has a beginning: up to a number. */
  readonly begun: readonly { readonly id: string; readonly until: string }[];
}

/** Reads what a sink has not received, the oldest ranges first. Events of a range that were deleted meanwhile are passed over. @returns undefined if there is nothing */
export async function readBatch(pool: PlatformPool, name: string): Promise<SinkBatch | undefined> {
  const { rows: ranges } = await pool.query<Range>(
    `select r.id::text as id, r.chain::text as chain, r.kind, r.after::text as after, r.until::text as until,
            (extract(epoch from clock_timestamp() - r.created_at) * 1000)::float8 as age
       from sink_ranges r where r.sink = $1 order by r.id limit $2`,
    [name, maxRanges],
  );
  const [first] = ranges;
  if (first === undefined) return undefined;
  const ofKind = (kind: Range['kind'], ofPlatform: boolean): Range[] => ranges.filter((range) => range.kind === kind && (range.chain === platformChain) === ofPlatform);
  const events = await readEvents<Omit<DomainEvent, 'sequence'>>(pool, ofKind('event', false), { from: 'domain_events', columns: eventBodyColumns, data: 'data' });
  const audit = await readEvents<EventRow>(pool, ofKind('audit', false), { from: 'audit.events', columns: eventColumns, data: 'details' });
  const platform = await readEvents<EventRow>(pool, ofKind('audit', true), { from: 'audit.events', columns: eventColumns, data: 'details', chain: 'e.organization_id is null' });
  const parts = [events, audit, platform];
  const lines = [
    ...events.rows.map((row) => JSON.stringify({ kind: 'event', ...toEventDto({ ...row, sequence: BigInt(row.sequence) }) })),
    ...[...audit.rows, ...platform.rows].map((row) => JSON.stringify({ kind: 'audit', organizationId: row.organizationId, ...toAuditEventDto(row) })),
  ];
  return {
    lines,
    counts: { event: events.rows.length, audit: audit.rows.length + platform.rows.length },
    age: first.age,
    more: parts.some(({ cut }) => cut) || ranges.length === maxRanges,
    done: { whole: parts.flatMap(({ whole }) => whole), begun: parts.flatMap(({ begun }) => begun) },
  };
}

const eventBodyColumns = `e.organization_id::text as "organizationId", e.id::text as id, e.type, e.version, e.sequence::text as sequence, e.occurred_at as "occurredAt", e.data`;

interface ReadEvents<Row> extends SinkProgress {
  readonly rows: readonly (Row & { readonly sequence: string })[];
  readonly cut: boolean;
}

async function readEvents<Row>(
  pool: PlatformPool,
  ranges: readonly Range[],
  { from, columns, data, chain = 'e.organization_id = r.chain' }: { readonly from: string; readonly columns: string; readonly data: string; readonly chain?: string },
): Promise<ReadEvents<Row>> {
  if (ranges.length === 0) return { rows: [], whole: [], begun: [], cut: false };
  const { rows: found } = await pool.query<Row & { readonly sequence: string; readonly range: string; readonly total: string; readonly before: string }>(
    `select * from (
       select l.*, count(*) over () as total, sum(l.size) over (order by l."rangeId", l.sequence::bigint) - l.size as before
         from (select r.id as "rangeId", r.id::text as range, e.*
                 from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[]) as r (id, chain, after, until)
                cross join lateral (select ${columns}, coalesce(pg_column_size(e.${data}), 0) as size from ${from} e
                                     where ${chain} and e.sequence > r.after and e.sequence <= r.until order by e.sequence limit $5) e
                order by r.id, e.sequence::bigint limit $5) l) b
      where b.before < $6 order by b."rangeId", b.sequence::bigint`,
    [...(['id', 'chain', 'after', 'until'] as const).map((column) => ranges.map((range) => range[column])), maxEvents, maxBytes],
  );
  const last = found.at(-1);
  const total = Number(last?.total ?? 0);
  const cut = last !== undefined && (total === maxEvents || found.length < total);
  const whole = ranges.filter(({ id }) => !cut || BigInt(id) < BigInt(last.range)).map(({ id }) => id);
  return { rows: found, whole, begun: cut ? [{ id: last.range, until: last.sequence }] : [], cut };
}

/** Notes that a sink has received a batch. @returns whether the lease is still that of this replica; otherwise, another one sends the batch again */
export async function noteReceived(pool: PlatformPool, name: string, lease: string, { whole, begun }: SinkProgress): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with held as (select from event_sinks where name = $1 and lease = $2 for update),
     received as (delete from sink_ranges r where r.sink = $1 and r.id = any($3::bigint[]) and exists (select from held)),
     begun as (update sink_ranges r set after = b.until from unnest($4::bigint[], $5::bigint[]) as b (id, until)
                where r.sink = $1 and r.id = b.id and r.until > b.until and exists (select from held)),
     ended as (delete from sink_ranges r using unnest($4::bigint[], $5::bigint[]) as b (id, until)
                where r.sink = $1 and r.id = b.id and r.until <= b.until and exists (select from held))
     update event_sinks s set failures = 0, delivered_at = clock_timestamp() from held where s.name = $1`,
    [name, lease, whole, begun.map(({ id }) => id), begun.map(({ until }) => until)],
  );
  return rowCount === 1;
}

/** Returns for how many seconds the oldest range of each sink has waited; 0 without one. */
export async function readSinkAges(pool: PlatformPool): Promise<readonly { readonly name: string; readonly age: number }[]> {
  const { rows } = await pool.query<{ name: string; age: number }>(
    `select s.name, coalesce(extract(epoch from clock_timestamp() - (select r.created_at from sink_ranges r where r.sink = s.name order by r.id limit 1)), 0)::float8 as age from event_sinks s`,
  );
  return rows;
}

/** How far a sink has received the stream. */
export interface SinkRow {
  readonly name: string;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  /** When the oldest events that it has not received were written. */
  readonly waitingSince: Date | null;
  readonly failures: number;
  readonly failedAt: Date | null;
  readonly failure: string | null;
  readonly nextAttemptAt: Date;
}

export async function readSinks(pool: PlatformPool): Promise<readonly SinkRow[]> {
  const { rows } = await pool.query<SinkRow>(
    `select s.name, s.created_at as "createdAt", s.delivered_at as "deliveredAt", w.created_at as "waitingSince", s.failures, s.failed_at as "failedAt", s.failure, s.next_attempt_at as "nextAttemptAt"
       from event_sinks s
       left join lateral (select r.created_at from sink_ranges r where r.sink = s.name order by r.id limit 1) w on true
      order by s.name`,
  );
  return rows;
}
