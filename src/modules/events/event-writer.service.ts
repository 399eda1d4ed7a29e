import { Injectable, Logger } from '@nestjs/common';
import pg, { type ClientBase } from 'pg';
import { Clock } from '../../common/clock.js';
import { timeOrderedId } from '../../common/crypto/time-ordered-id.js';
import { outsideRequests } from '../../common/outside-requests.js';
import { inTransaction } from '../../database/locks.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { tenantSchema } from '../../generated/tenant-schema.js';
import { rowOf } from './changed-rows.js';
import type { EventSource, EventUser, RowChange } from './event-source.js';
import { EventTypesService } from './event-types.service.js';
import { addEvents, lockStream, numberEvents, readChanges, removeChanges, saveSequence, type NewEvent, type StoredChange } from './event-streams.queries.js';

/** Changes, and events that wait for their number, which one transaction takes. */
const batchSize = 500;

interface DerivedChange extends StoredChange {
  readonly source: EventSource;
  readonly type: string;
}

/** Writes the events of an organization to its log: derives them from its committed changes, and gives each its number. Every replica can do it. */
@Injectable()
export class EventWriterService {
  readonly #logger = new Logger(EventWriterService.name);

  constructor(
    private readonly pool: PlatformPool,
    private readonly types: EventTypesService,
    private readonly clock: Clock,
  ) {}

  /** Writes all events that wait. Waits for another replica that writes events of the organization. */
  async writeEvents(organizationId: string): Promise<void> {
    while (await outsideRequests(() => inTransaction(this.pool, (client) => this.#writeBatch(client, organizationId))));
  }

  /** The lock of the stream puts the events in order: an event is committed before the next one gets a number. @returns whether more may wait */
  async #writeBatch(client: ClientBase, organizationId: string): Promise<boolean> {
    const sequence = await lockStream(client, organizationId);
    if (sequence === undefined) return false;
    const numbered = await numberEvents(client, { organizationId, after: sequence, types: [...this.types.types.keys()], limit: batchSize });
    const changes = await readChanges(client, organizationId, batchSize);
    const events = await this.#derive(client, organizationId, changes, sequence + BigInt(numbered));
    await addEvents(client, organizationId, events);
    if (changes.length > 0) await removeChanges(client, organizationId, changes.at(-1)?.id ?? '0');
    const last = sequence + BigInt(numbered + events.length);
    if (last !== sequence) await saveSequence(client, organizationId, last);
    return numbered === batchSize || changes.length === batchSize;
  }

  async #derive(client: ClientBase, organizationId: string, changes: readonly StoredChange[], after: bigint): Promise<NewEvent[]> {
    const derived = changes.flatMap((change): DerivedChange[] => {
      const source = this.types.sourceOf(change.relation);
      const type = source?.typeOf(change);
      return source === undefined || type === undefined ? [] : [{ ...change, source, type }];
    });
    const rows = await this.#rowsOf(client, organizationId, derived);
    // A row that has been deleted since has no state to show. Its deletion is an event of its own.
    const subjects = derived.flatMap((change) => {
      const row = change.operation === 'delete' ? change.before : rows.get(keyOf(change));
      return row === undefined || row === null ? [] : [{ change, row: rowOf(change.source.model, row) }];
    });
    const users = await usersOf(client, [...new Set(subjects.flatMap(({ change, row }) => change.source.userOf?.(row) ?? []))]);
    const events = subjects.flatMap(({ change, row }): Omit<NewEvent, 'sequence'>[] => {
      const user = users.get(change.source.userOf?.(row) ?? '');
      const data = this.#dataOf(change, () => change.source.dataOf({ row, change: changeOf(change), user }));
      return data === undefined ? [] : [{ id: timeOrderedId(this.clock.now()), type: change.type, occurredAt: change.occurredAt, data }];
    });
    return events.map((event, n) => ({ ...event, sequence: String(after + BigInt(n + 1)) }));
  }

  /** A fault in the code of one event must not hold up all later events of the organization. @returns undefined after a fault */
  #dataOf({ type, rowId }: DerivedChange, write: () => object): object | undefined {
    try {
      return write();
    } catch (error) {
      this.#logger.error({ err: error, type, rowId }, 'an event could not be written, and is left out');
      return undefined;
    }
  }

  /** Reads the present rows of changes, in one statement for each table. */
  async #rowsOf(client: ClientBase, organizationId: string, changes: readonly DerivedChange[]): Promise<Map<string, Readonly<Record<string, unknown>>>> {
    const found = new Map<string, Readonly<Record<string, unknown>>>();
    const ids = new Map<string, Set<string>>();
    for (const { source, rowId, operation } of changes) if (operation !== 'delete') ids.set(source.model, (ids.get(source.model) ?? new Set()).add(rowId));
    for (const [model, rowIds] of ids) {
      const table = tenantSchema[model]?.table ?? '';
      const owner = model === 'Organization' ? 'id' : 'organization_id';
      const { rows } = await client.query<{ id: string; row: Record<string, unknown> }>(
        `select t.id::text as id, to_jsonb(t) as row from public.${pg.escapeIdentifier(table)} t where t.${owner} = $1 and t.id = any($2::uuid[])`,
        [organizationId, [...rowIds]],
      );
      for (const { id, row } of rows) found.set(`${table} ${id}`, row);
    }
    return found;
  }
}

const keyOf = ({ relation, rowId }: StoredChange): string => `${relation} ${rowId}`;
const changeOf = ({ operation, before, after }: StoredChange): RowChange => ({ operation, before, after });

async function usersOf(client: ClientBase, ids: readonly string[]): Promise<Map<string, EventUser>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<EventUser & { id: string }>('select id::text as id, email, name from public.users where id = any($1::uuid[])', [ids]);
  return new Map(rows.map(({ id, email, name }) => [id, { email, name }]));
}
