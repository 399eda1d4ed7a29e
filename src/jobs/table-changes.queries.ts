import type { PlatformTransaction } from '../database/transactions.js';

/** The changes that a transaction has made to a table. The partitions of a table count as the table. */
export interface TableChange {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** The rows that the table had before, as PostgreSQL estimates them. */
  readonly rowsBefore: number;
}

interface Counted {
  readonly id: string;
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly rows: number;
}

/** The counters of all tables at a moment. PostgreSQL counts for a session, and forgets what it has reported: only differences within a transaction mean something. */
export type TableCounters = ReadonlyMap<string, Counted>;

export async function readTableCounters(tx: Pick<PlatformTransaction, '$queryRaw'>): Promise<TableCounters> {
  const counted = await tx.$queryRaw<Counted[]>`
    select c.oid::text as id, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as table,
           pg_stat_get_xact_tuples_inserted(c.oid)::float8 as inserted,
           pg_stat_get_xact_tuples_updated(c.oid)::float8 as updated,
           pg_stat_get_xact_tuples_deleted(c.oid)::float8 as deleted,
           greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::float8 as rows
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname <> 'information_schema' and not starts_with(n.nspname, 'pg_')`;
  return new Map(counted.map((each) => [each.id, each]));
}

/** Returns the changes of a transaction between two readings, by table. The rows of a partition that was dropped are deleted rows. */
export function changesBetween(before: TableCounters, after: TableCounters): ReadonlyMap<string, TableChange> {
  const changes = new Map<string, TableChange>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [earlier, later] = [before.get(id), after.get(id)];
    const table = (earlier ?? later)?.table ?? id;
    const sum = changes.get(table) ?? { inserted: 0, updated: 0, deleted: 0, rowsBefore: 0 };
    const since = (count: 'inserted' | 'updated' | 'deleted'): number => (later?.[count] ?? 0) - (earlier?.[count] ?? 0);
    changes.set(table, {
      inserted: sum.inserted + (later === undefined ? 0 : since('inserted')),
      updated: sum.updated + (later === undefined ? 0 : since('updated')),
      deleted: sum.deleted + (later === undefined ? (earlier?.rows ?? 0) : since('deleted')),
      rowsBefore: sum.rowsBefore + (earlier?.rows ?? 0),
    });
  }
  return new Map([...changes].filter(([, { inserted, updated, deleted }]) => inserted + updated + deleted > 0).sort(([a], [b]) => a.localeCompare(b)));
}
