import type { ClientBase } from 'pg';
import type { PlatformPool } from '../../database/wire/platform-pool.js';
import type { RowChange } from './event-source.js';

/** The channel on which the database announces changes that become events. */
export const eventsChannel = 'tenantry_events';

/** The name of the table of events: a change of it says that events wait for their numbers. */
const eventsTable = 'domain_events';

/** A change that waits to become an event. */
export interface StoredChange extends RowChange {
  readonly id: string;
  readonly relation: string;
  readonly rowId: string;
  readonly occurredAt: Date;
}

/** Whether a change says that events wait for their numbers (`app.announce_events`). */
export const announcesEvents = ({ relation }: StoredChange): boolean => relation === eventsTable;

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly occurredAt: Date;
  /** A JSON object. */
  readonly data: string;
  /** The id of the changed row. */
  readonly rowId: string;
  readonly sequence: bigint;
}

/** The extent of a log. */
export interface StreamExtent {
  /** The number of the last event. */
  readonly sequence: bigint;
  /** The log is complete after this number. */
  readonly keptAfter: bigint;
}

/** The state of an open stream. */
export interface StreamState extends StreamExtent {
  /** Whether changes wait to become events, or events wait for their numbers. */
  readonly waiting: boolean;
  /** Whether a read was noted in the last day. */
  readonly readToday: boolean;
}

/** A stream that is locked until the transaction ends. */
export interface LockedStream extends StreamExtent {
  readonly open: boolean;
}

/** Reads the state of the stream of an organization; undefined if it is not open. */
export async function readStream(pool: PlatformPool, organizationId: string): Promise<StreamState | undefined> {
  const { rows } = await pool.read<Record<'sequence' | 'kept_after', string> & { readonly waiting: boolean; readonly read_today: boolean }>({
    name: 'tenantry_event_stream',
    text: `select s.sequence::text as sequence, s.kept_after::text as kept_after, s.read_at > now() - interval '1 day' as read_today,
                  exists (select from event_changes c where c.organization_id = s.organization_id) as waiting
             from event_streams s where s.organization_id = $1 and s.closed_at is null`,
    values: [organizationId],
    quick: true,
  });
  return rows[0] === undefined ? undefined : { sequence: BigInt(rows[0].sequence), keptAfter: BigInt(rows[0].kept_after), waiting: rows[0].waiting, readToday: rows[0].read_today };
}

/** Notes that the events of an open stream were read. @returns whether it is open */
export async function noteRead(pool: PlatformPool, organizationId: string): Promise<boolean> {
  const { rowCount } = await pool.query('update event_streams set read_at = now() where organization_id = $1 and closed_at is null', [organizationId]);
  return rowCount === 1;
}

/**
 * Opens the stream of an organization. While it was closed, changes became no events: the gap takes a number, so that who has read the log to its end learns
 * that events are missing. The events of usage and billing that were written before wait for their numbers.
 *
 * The lock on the organization waits for transactions that are writing such events and have not seen the stream.
 */
export async function openStream(pool: PlatformPool, organizationId: string): Promise<void> {
  await pool.query(
    `with locked as (select o.id from organizations o where o.id = $1 for update),
     opened as (
       insert into event_streams as s (organization_id) select id from locked
       on conflict (organization_id) do update
         set read_at = now(), closed_at = null, sequence = s.sequence + 1, kept_after = s.sequence + 1 where s.closed_at is not null
       returning organization_id),
     announced as (insert into event_changes (organization_id, relation, operation, occurred_at) select organization_id, '${eventsTable}', 'insert', now() from opened)
     select pg_notify('${eventsChannel}', '') from opened`,
    [organizationId],
  );
}

/** Returns organizations for which something waits, in the order of their ids after one of them. Reads one entry of an index for each. */
export async function findWaitingStreams(pool: PlatformPool, after: string, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `with recursive waiting (id) as (
       (select c.organization_id from event_changes c where c.organization_id > $1 order by c.organization_id limit 1)
       union all
       select (select c.organization_id from event_changes c where c.organization_id > w.id order by c.organization_id limit 1) from waiting w where w.id is not null)
     select id::text as id from waiting where id is not null limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Locks the stream of an organization. Locks the organization before it, as an erasure does, because new rows reference it.
 *
 * @param skipLocked whether not to wait for others that hold a lock
 * @returns undefined when there is no stream, or with `skipLocked` when another transaction holds a lock
 */
export async function lockStream(client: ClientBase, organizationId: string, { skipLocked = false } = {}): Promise<LockedStream | undefined> {
  const skip = skipLocked ? 'skip locked' : '';
  const { rowCount } = await client.query(`select from organizations where id = $1 for key share ${skip}`, [organizationId]);
  if (rowCount !== 1) return undefined;
  const { rows } = await client.query<Record<'sequence' | 'kept_after', string> & { readonly open: boolean }>(
    `select sequence::text as sequence, kept_after::text as kept_after, closed_at is null as open from event_streams where organization_id = $1 for update ${skip}`,
    [organizationId],
  );
  return rows[0] === undefined ? undefined : { sequence: BigInt(rows[0].sequence), keptAfter: BigInt(rows[0].kept_after), open: rows[0].open };
}

/** Whether the operator receives the events of all organizations (`app.is_read_by_platform`). */
export async function isReadByPlatform(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ read: boolean }>('select app.is_read_by_platform() as read');
  return rows[0]?.read === true;
}

/** Opens the stream of an organization whose changes wait, because the operator receives them: nothing is missing that was committed since. */
export async function openWaitingStream(client: ClientBase, organizationId: string): Promise<void> {
  await client.query(
    `insert into event_streams as s (organization_id)
     select o.id from (select id from organizations where id = $1 for key share skip locked) o
      where not exists (select from event_streams e where e.organization_id = o.id and e.closed_at is null)
     on conflict (organization_id) do update set read_at = now(), closed_at = null, sequence = s.sequence + 1, kept_after = s.sequence + 1 where s.closed_at is not null`,
    [organizationId],
  );
}

/** Gives numbers to the events that were written in the transaction of a change. Leaves out those that a purge deletes meanwhile. @returns how many */
export async function numberEvents(
  client: ClientBase,
  { organizationId, after, types, limit }: { readonly organizationId: string; readonly after: bigint; readonly types: readonly string[]; readonly limit: number },
): Promise<number> {
  const { rowCount } = await client.query(
    `update domain_events e set sequence = $2::bigint + n.number
       from (select w.id, row_number() over (order by w.id) as number
               from (select id from domain_events where organization_id = $1 and sequence is null and type = any($3::text[]) order by id limit $4 for update skip locked) w) n
      where e.organization_id = $1 and e.id = n.id`,
    [organizationId, String(after), types, limit],
  );
  return rowCount ?? 0;
}

/** Returns changes in their order: by the number, not by its text, which has the name `id` in the result. */
export async function readChanges(client: ClientBase, organizationId: string, limit: number): Promise<StoredChange[]> {
  const { rows } = await client.query<StoredChange>(
    `select c.id::text as id, c.relation, c.row_id as "rowId", c.operation, c.before, c.after, c.occurred_at as "occurredAt"
       from event_changes c where c.organization_id = $1 order by c.id limit $2`,
    [organizationId, limit],
  );
  return rows;
}

/** Removes changes by their ids: others with lower ones may be committed meanwhile. */
export async function removeChanges(client: ClientBase, organizationId: string, changes: readonly StoredChange[]): Promise<void> {
  await client.query('delete from event_changes where organization_id = $1 and id = any($2::bigint[])', [organizationId, changes.map(({ id }) => id)]);
}

/** Removes the changes of a stream that is closed and locked, or does not exist. A transaction that saw the open stream has left them. */
export async function removeLeftChanges(client: ClientBase, organizationId: string): Promise<void> {
  await client.query(
    `delete from event_changes c where c.organization_id = $1 and not exists (select from event_streams s where s.organization_id = c.organization_id and s.closed_at is null)`,
    [organizationId],
  );
}

export async function addEvents(client: ClientBase, organizationId: string, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ id, type, version, occurredAt, data, sequence }) => [id, type, version, occurredAt.toISOString(), data, String(sequence)]);
  const column = (n: number): unknown[] => rows.map((row) => row[n]);
  await client.query(
    `insert into domain_events (organization_id, id, type, version, occurred_at, data, sequence)
     select $1, e.* from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::jsonb[], $7::bigint[]) e`,
    [organizationId, ...[0, 1, 2, 3, 4, 5].map(column)],
  );
}

export async function saveSequence(client: ClientBase, organizationId: string, sequence: bigint): Promise<void> {
  await client.query('update event_streams set sequence = $2::bigint where organization_id = $1', [organizationId, String(sequence)]);
}

/** Wakes the writers of all servers when the transaction is committed. */
export async function wakeWriters(client: ClientBase): Promise<void> {
  await client.query(`select pg_notify('${eventsChannel}', '')`);
}
