import type { ClientBase } from 'pg';
import type { PlatformPool } from '../../database/wire/platform-pool.js';
import type { RowChange } from './event-source.js';

/** The channel on which the database announces changes that become events. */
export const eventsChannel = 'tenantry_events';

/** A change that waits to become an event. */
export interface StoredChange extends RowChange {
  readonly id: string;
  readonly relation: string;
  readonly rowId: string;
  readonly occurredAt: Date;
}

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: object;
  readonly sequence: string;
}

/** Begins the stream of an organization, or notes, at most once a day, that its events were read. */
export async function openStream(pool: PlatformPool, organizationId: string): Promise<void> {
  await pool.query(
    `insert into event_streams as s (organization_id) values ($1)
     on conflict (organization_id) do update set read_at = now() where s.read_at < now() - interval '1 day'`,
    [organizationId],
  );
}

/** Returns organizations with changes that wait to become events, at most a number of them; in any order, so that one whose events cannot be written holds up no other. */
export async function findChangedStreams(pool: PlatformPool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select c.id::text as id from (select distinct organization_id as id from event_changes) c order by random() limit $1', [
    limit,
  ]);
  return rows.map(({ id }) => id);
}

/** Returns organizations with a stream whose events of these types wait for their numbers, at most a number of them. */
export async function findUnnumberedStreams(pool: PlatformPool, types: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select s.organization_id::text as id from event_streams s
      where exists (select from domain_events e where e.organization_id = s.organization_id and e.sequence is null and e.type = any($1::text[]))
      order by random() limit $2`,
    [types, limit],
  );
  return rows.map(({ id }) => id);
}

/** Locks the stream of an organization. @returns the number of its last event; undefined when its changes become no events */
export async function lockStream(client: ClientBase, organizationId: string): Promise<bigint | undefined> {
  const { rows } = await client.query<{ sequence: string }>('select sequence::text as sequence from event_streams where organization_id = $1 for update', [organizationId]);
  return rows[0] === undefined ? undefined : BigInt(rows[0].sequence);
}

/** Gives numbers to the events that were written in the transaction of a change. @returns how many */
export async function numberEvents(
  client: ClientBase,
  { organizationId, after, types, limit }: { readonly organizationId: string; readonly after: bigint; readonly types: readonly string[]; readonly limit: number },
): Promise<number> {
  const { rowCount } = await client.query(
    `update domain_events e set sequence = $2::bigint + n.number
       from (select w.id, row_number() over (order by w.id) as number
               from (select id from domain_events where organization_id = $1 and sequence is null and type = any($3::text[]) order by id limit $4) w) n
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

/** Removes the changes up to one of them. */
export async function removeChanges(client: ClientBase, organizationId: string, last: string): Promise<void> {
  await client.query('delete from event_changes where organization_id = $1 and id <= $2::bigint', [organizationId, last]);
}

export async function addEvents(client: ClientBase, organizationId: string, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `insert into domain_events (organization_id, id, type, occurred_at, data, sequence)
     select $1, e.id, e.type, e."occurredAt", e.data, e.sequence
       from jsonb_to_recordset($2::jsonb) as e (id uuid, type text, "occurredAt" timestamptz, data jsonb, sequence bigint)`,
    [organizationId, JSON.stringify(events)],
  );
}

export async function saveSequence(client: ClientBase, organizationId: string, sequence: bigint): Promise<void> {
  await client.query('update event_streams set sequence = $2::bigint where organization_id = $1', [organizationId, String(sequence)]);
}
