import { Injectable, Logger } from '@nestjs/common';
import pg, { type ClientBase } from 'pg';
import { Counter } from 'prom-client';
import { Clock } from '../../common/clock.js';
import { timeOrderedId } from '../../common/crypto/time-ordered-id.js';
import { outsideRequests } from '../../common/outside-requests.js';
import { isUuid } from '../../common/text/uuid.js';
import { inTransaction } from '../../database/locks.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { modelColumns } from '../../generated/model-columns.js';
import { tenantSchema } from '../../generated/tenant-schema.js';
import { MetricsService } from '../../observability/metrics.service.js';
import { rowOf } from './changed-rows.js';
import { schemaVersion, withoutData } from './event-body.js';
import type { EventSource, EventUser, RowChange } from './event-source.js';
import { EventTypesService } from './event-types.service.js';
import {
  addEvents,
  announcesEvents,
  isReadByPlatform,
  lockStream,
  numberEvents,
  openWaitingStream,
  readChanges,
  removeChanges,
  removeLeftChanges,
  saveSequence,
  wakeWriters,
  type LockedStream,
  type NewEvent,
  type StoredChange,
} from './event-streams.queries.js';

/** Changes, and events that wait for their number, which one transaction takes. */
const batchSize = 500;

interface DerivedChange extends StoredChange {
  readonly source: EventSource;
  readonly type: string;
}

type UnnumberedEvent = Omit<NewEvent, 'sequence'>;

interface Subject {
  readonly change: DerivedChange;
  /** The row in the form that its source knows; undefined when it could not be read. */
  readonly read: { readonly row: never } | undefined;
  readonly userId: string | undefined;
}

interface BatchOptions {
  /** Whether not to wait for others that write events of the organization, or erase it. */
  readonly skipLocked?: boolean;
  /** Whether the rest is left to the writers of all servers. */
  readonly inRequest?: boolean;
}

/** Writes the events of an organization to its log: derives them from its committed changes, and gives each its number. Every replica can do it. */
@Injectable()
export class EventWriterService {
  readonly #logger = new Logger(EventWriterService.name);
  readonly #faults;

  constructor(
    private readonly pool: PlatformPool,
    private readonly types: EventTypesService,
    private readonly clock: Clock,
    { registry }: MetricsService,
  ) {
    const help = 'Changes from which this process could derive no event, or only one without its data';
    this.#faults = new Counter({ name: 'tenantry_event_faults_total', help, registers: [registry] });
  }

  /** Writes a batch of the events that wait, in one transaction. @returns whether more may wait */
  writeBatch(organizationId: string, options: BatchOptions = {}): Promise<boolean> {
    return outsideRequests(() => inTransaction(this.pool, (client) => this.#writeBatch(client, organizationId, options)));
  }

  /** The lock of the stream puts the events in order: an event is committed before the next one gets a number. */
  async #writeBatch(client: ClientBase, organizationId: string, { skipLocked = false, inRequest = false }: BatchOptions): Promise<boolean> {
    const stream = await this.#lockOpenStream(client, organizationId, skipLocked);
    if (stream === undefined) return false;
    const changes = await readChanges(client, organizationId, batchSize);
    const { sequence } = stream;
    const types = [...this.types.types.keys()];
    const numbered = changes.some(announcesEvents) ? await numberEvents(client, { organizationId, after: sequence, types, limit: batchSize }) : 0;
    // Further events wait for their numbers: the changes that say so remain.
    const written = numbered === batchSize ? 0 : await this.#writeChanges(client, organizationId, changes, sequence + BigInt(numbered));
    const last = sequence + BigInt(numbered + written);
    if (last !== sequence) await saveSequence(client, organizationId, last);
    const more = numbered === batchSize || changes.length === batchSize;
    if (more && inRequest) await wakeWriters(client);
    return more;
  }

  /** @returns the stream, locked; undefined if there is nothing to write, or another writer holds the lock */
  async #lockOpenStream(client: ClientBase, organizationId: string, skipLocked: boolean): Promise<LockedStream | undefined> {
    const stream = await lockStream(client, organizationId, { skipLocked });
    if (stream?.open === true) return stream;
    if (!(await isReadByPlatform(client))) {
      await removeLeftChanges(client, organizationId);
      return undefined;
    }
    await openWaitingStream(client, organizationId);
    const opened = await lockStream(client, organizationId, { skipLocked });
    return opened?.open === true ? opened : undefined;
  }

  /** @returns how many events were written */
  async #writeChanges(client: ClientBase, organizationId: string, changes: readonly StoredChange[], after: bigint): Promise<number> {
    if (changes.length === 0) return 0;
    const derived = await this.#derive(client, organizationId, changes);
    const events = derived.map((event, n): NewEvent => ({ ...event, sequence: after + BigInt(n + 1) }));
    await this.#add(client, organizationId, events);
    await removeChanges(client, organizationId, changes);
    return events.length;
  }

  async #derive(client: ClientBase, organizationId: string, changes: readonly StoredChange[]): Promise<UnnumberedEvent[]> {
    const typed = changes.flatMap((change): DerivedChange[] => {
      const source = this.types.sourceOf(change.relation);
      const type = source && this.#attempt(change, () => source.typeOf(change));
      return source === undefined || type === undefined ? [] : [{ ...change, source, type }];
    });
    const rows = await rowsOf(client, organizationId, typed);
    const subjects = typed.flatMap((change): Subject[] => {
      const document = change.operation === 'delete' ? change.before : rows.get(keyOf(change));
      // A row that has been deleted since has no state to show. Its deletion is an event of its own.
      if (document === undefined || document === null) return [];
      const read = this.#attempt(change, () => ({ row: rowOf(change.source.model, document) }));
      return [{ change, read, userId: read === undefined ? undefined : this.#attempt(change, () => change.source.userOf?.(read.row)) }];
    });
    const users = await usersOf(client, [...new Set(subjects.flatMap(({ userId }) => (userId !== undefined && isUuid(userId) ? [userId] : [])))]);
    return subjects.map(({ change, read, userId }) => {
      const { operation, before, after, occurredAt, source, type, rowId } = change;
      const subject = { change: { operation, before, after } satisfies RowChange, user: users.get(userId ?? '') };
      const data = read === undefined ? undefined : this.#attempt(change, () => JSON.stringify(source.dataOf({ ...subject, ...read })));
      return { id: timeOrderedId(this.clock.now()), type, rowId, occurredAt, ...(data === undefined ? withoutData(rowId) : { version: schemaVersion, data }) };
    });
  }

  /** A fault in the code of one event, or in its row, must not hold up all other events of the organization. @returns undefined after a fault */
  #attempt<Result>(change: StoredChange, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#note(error, change);
      return undefined;
    }
  }

  #note(error: unknown, { relation, type, rowId }: { readonly relation?: string; readonly type?: string; readonly rowId: string }): void {
    this.#faults.inc();
    this.#logger.error({ err: error, relation, type, rowId }, 'the data of an event could not be written');
  }

  /** Adds events. One that PostgreSQL cannot store, such as text with half a surrogate pair, loses its data, and the others do not. */
  async #add(client: ClientBase, organizationId: string, events: readonly NewEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    await client.query('savepoint events');
    try {
      await addEvents(client, organizationId, events);
    } catch (error) {
      if (!isRefused(error)) throw error;
      await client.query('rollback to savepoint events');
      if (events.length === 1) {
        this.#note(error, { type: first.type, rowId: first.rowId });
        await addEvents(client, organizationId, [{ ...first, ...withoutData(first.rowId) }]);
      } else {
        const half = Math.ceil(events.length / 2);
        await this.#add(client, organizationId, events.slice(0, half));
        await this.#add(client, organizationId, events.slice(half));
      }
    }
  }
}

const keyOf = ({ relation, rowId }: StoredChange): string => `${relation} ${rowId}`;

/** Whether PostgreSQL has refused the data of a statement: data_exception, or program_limit_exceeded (appendix A of its manual). */
const isRefused = (error: unknown): boolean => error instanceof pg.DatabaseError && /^(?:22|54)/.test(error.code ?? '');

/** Reads the present rows of changes, in one statement for each table. */
async function rowsOf(client: ClientBase, organizationId: string, changes: readonly DerivedChange[]): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  const ids = new Map<string, Set<string>>();
  for (const { source, rowId, operation } of changes) if (operation !== 'delete') ids.set(source.model, (ids.get(source.model) ?? new Set()).add(rowId));
  for (const [model, rowIds] of ids) {
    const table = tenantSchema[model]?.table ?? '';
    const owner = model === 'Organization' ? 'id' : 'organization_id';
    const hasUuid = modelColumns[model]?.['id']?.type === 'Uuid';
    const { rows } = await client.query<{ id: string; row: Record<string, unknown> }>(
      `select t.id::text as id, to_jsonb(t) as row from public.${pg.escapeIdentifier(table)} t where t.${owner} = $1 and ${hasUuid ? 't.id = any($2::uuid[])' : 't.id::text = any($2::text[])'}`,
      [organizationId, [...rowIds].filter((id) => !hasUuid || isUuid(id))],
    );
    for (const { id, row } of rows) found.set(`${table} ${id}`, row);
  }
  return found;
}

async function usersOf(client: ClientBase, ids: readonly string[]): Promise<Map<string, EventUser>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<EventUser & { id: string }>('select id::text as id, email, name from public.users where id = any($1::uuid[])', [ids]);
  return new Map(rows.map(({ id, email, name }) => [id, { email, name }]));
}
