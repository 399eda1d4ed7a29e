import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type pg from 'pg';

type Row = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly label: string | null;
}

export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
}

/** The description of the tables in the system catalogs: nothing here names one. */
export class Catalog {
  private constructor(
    readonly columns: ReadonlyMap<string, readonly Column[]>,
    readonly foreignKeys: readonly ForeignKey[],
  ) {}

  static async read(client: pg.Client): Promise<Catalog> {
    const columns = await client.query<Column & { table: string }>(
      `select c.relname as table, a.attname as name, t.typname as type, a.attnotnull and not a.atthasdef as required,
              (select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder limit 1) as label
         from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname, a.attnum`,
    );
    const names = (key: string, table: string): string =>
      `(select array_agg(a.attname::text order by k.n) from unnest(${key}) with ordinality k(num, n) join pg_attribute a on a.attrelid = ${table} and a.attnum = k.num)`;
    const keys = await client.query<ForeignKey>(
      `select conname as name, conrelid::regclass::text as table, ${names('conkey', 'conrelid')} as columns, confrelid::regclass::text as target, ${names('confkey', 'confrelid')} as "targetColumns"
         from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
    );
    return new Catalog(groupByTable(columns.rows), keys.rows);
  }

  has(table: string, column: string): boolean {
    return this.columns.get(table)?.some(({ name }) => name === column) === true;
  }

  get tenantTables(): string[] {
    return [...this.columns.keys()].filter((table) => this.has(table, 'organization_id'));
  }

  /** The keys between two tenant-owned tables. */
  get tenantKeys(): ForeignKey[] {
    return this.foreignKeys.filter(({ table, target }) => this.has(table, 'organization_id') && this.has(target, 'organization_id'));
  }
}

function groupByTable<Item extends { table: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.table, [...(groups.get(item.table) ?? []), item]);
  return groups;
}

/** Plants one row of every tenant-owned table for a new organization, with all of its references filled. */
export class Planter {
  readonly #rows = new Map<string, Row>();

  constructor(
    private readonly client: pg.Client,
    private readonly catalog: Catalog,
  ) {}

  /** @returns the organization's id */
  async plant(): Promise<string> {
    for (const table of this.catalog.tenantTables) await this.#row(table);
    return String((await this.#row('organizations'))['id']);
  }

  async #row(table: string): Promise<Row> {
    const known = this.#rows.get(table);
    if (known !== undefined) return known;
    const values = new Map<string, unknown>();
    const keys = this.catalog.foreignKeys.filter((candidate) => candidate.table === table);
    for (const key of keys.filter(({ target }) => target !== table)) {
      const target = await this.#row(key.target);
      key.columns.forEach((column, index) => values.set(column, target[key.targetColumns[index] ?? '']));
    }
    for (const column of this.catalog.columns.get(table) ?? []) {
      if (!values.has(column.name) && (column.required || column.name === 'id')) values.set(column.name, sample(column));
    }
    // A row refers to itself where its table does.
    for (const key of keys.filter(({ target }) => target === table)) key.columns.forEach((column, index) => values.set(column, values.get(key.targetColumns[index] ?? '')));
    const names = [...values.keys()];
    const { rows } = await this.client.query<Row>(`insert into ${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')}) returning *`, [
      ...values.values(),
    ]);
    const row = rows[0] ?? {};
    this.#rows.set(table, row);
    return row;
  }
}

/** A value of the column's type. */
function sample({ name, type, label }: Column): unknown {
  const unique = randomBytes(5).toString('hex');
  if (label !== null) return label;
  if (type.startsWith('_')) return [];
  if (type === 'uuid') return randomUUID();
  if (type === 'bytea') return randomBytes(32);
  if (type === 'numeric') return '1.5';
  if (type === 'bool') return false;
  if (type === 'date') return '2026-11-21';
  if (type.startsWith('timestamp')) return new Date(Date.now() + 86_400_000);
  // No sequence gets there: the next id of the table is free.
  if (type === 'int8' && name === 'id') return randomInt(2 ** 40, 2 ** 41);
  if (type.startsWith('int')) return 1;
  if (type.startsWith('json')) return '{}';
  return name === 'email' || name === 'recipient' ? `${unique}@example.com` : `sample-${unique}`;
}

/** Check constraints do not separate tenants, so planted rows may violate them. */
export const withoutChecks = `do $$ declare c record; begin
  for c in select conrelid::regclass as source, conname from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace loop
    execute format('alter table %s drop constraint %I', c.source, c.conname);
  end loop; end $$`;
