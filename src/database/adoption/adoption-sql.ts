import { createHash } from 'node:crypto';
import pg from 'pg';
import type { InnerKey, TableFacts, UniqueIndex } from './adoption-facts.js';

/** The schema of the records of adoptions, which only the owner may use. */
export const records = 'tenantry_adoption';

/** A reference by which a row finds the row that names its organization. */
export interface Reference {
  readonly column: string;
  readonly target: AdoptedTable;
  readonly targetColumn: string;
}

export type ResolvedRule =
  | { readonly kind: 'organization'; readonly id: string }
  | { readonly kind: 'column'; readonly column: string; readonly ids: Readonly<Record<string, string>> }
  | { readonly kind: 'through'; readonly references: readonly Reference[] };

/** A table that is adopted, as it was before. */
export interface AdoptedTable {
  readonly schema: string;
  readonly name: string;
  readonly facts: TableFacts;
  readonly rule: ResolvedRule;
}

const quote = pg.escapeIdentifier;
const list = (columns: readonly string[]): string => columns.map(quote).join(', ');

export const idOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string => `${schema}.${name}`;
export const sqlName = ({ schema, name }: { readonly schema: string; readonly name: string }): string => `${quote(schema)}.${quote(name)}`;

/** Shortens a name to the length that PostgreSQL keeps, so that two names stay different. */
function short(name: string): string {
  if (Buffer.byteLength(name) <= 63) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  let start = name;
  while (Buffer.byteLength(start) > 54) start = start.slice(0, -1);
  return `${start}_${hash}`;
}

const tenantIndex = ({ name }: UniqueIndex): string => short(`${name}_tenant`);
const tenantKey = ({ name }: InnerKey): string => short(`${name}_tenant`);
const restoredIndex = ({ name }: UniqueIndex): string => short(`${name}_restored`);
const keyIndex = ({ name }: AdoptedTable, { columns }: InnerKey): string => short(`${name}_organization_id_${columns.join('_')}_idx`);
const plainIndex = ({ name }: AdoptedTable): string => short(`${name}_organization_id_idx`);
const organizationKey = ({ name }: AdoptedTable): string => short(`${name}_organization_id_fkey`);
const presence = ({ name }: AdoptedTable): string => short(`${name}_organization_id_present`);
const fillFunction = (table: AdoptedTable): string => `${records}.${quote(short(`fill_${table.schema}_${table.name}`))}`;

/** The name that makes it the last trigger before a row is written: PostgreSQL fires triggers by name. */
export const fillTrigger = 'zz_tenantry_adoption';

/**
 * The expression for the organization of a row, by the organization_id of the rows that it references. It is null for a row of which the rule knows none.
 *
 * @param row the alias of the row
 */
export function organizationOf({ rule }: AdoptedTable, row: string): string {
  if (rule.kind === 'through')
    return coalesce(
      rule.references.map(
        ({ column, target, targetColumn }) => `(select target.organization_id from ${sqlName(target)} target where target.${quote(targetColumn)} = ${row}.${quote(column)})`,
      ),
    );
  return ownOrganization(rule, row);
}

/** The same by the original columns only: what an organization_id is compared with. */
export function organizationBySource({ rule }: AdoptedTable, row: string, depth = 1): string {
  if (rule.kind !== 'through') return ownOrganization(rule, row);
  const next = `source${depth}`;
  return coalesce(
    rule.references.map(
      ({ column, target, targetColumn }) =>
        `(select ${organizationBySource(target, next, depth + 1)} from ${sqlName(target)} ${next} where ${next}.${quote(targetColumn)} = ${row}.${quote(column)})`,
    ),
  );
}

function ownOrganization(rule: Exclude<ResolvedRule, { kind: 'through' }>, row: string): string {
  if (rule.kind === 'organization') return `${pg.escapeLiteral(rule.id)}::uuid`;
  return `(${pg.escapeLiteral(JSON.stringify(rule.ids))}::jsonb ->> ${row}.${quote(rule.column)}::text)::uuid`;
}

const coalesce = (expressions: readonly string[]): string => (expressions.length === 1 ? (expressions[0] as string) : `coalesce(${expressions.join(', ')})`);

/** A change of the schema. */
export interface Step {
  readonly table: AdoptedTable;
  readonly does: string;
  /**
   * `short`: a transaction that needs a table for itself, for milliseconds. `online`: a statement alone, which may take long, and blocks neither reads nor
   * writes. `fill`: the rows. `count`: the rows without an organization must be none.
   */
  readonly kind: 'short' | 'online' | 'fill' | 'count';
  readonly sql: readonly string[];
  /** A condition that says that the step was done. */
  readonly done?: string;
  /** Run before the step, to remove what an interrupted one has left. */
  readonly before?: string;
}

const hasConstraint = (table: AdoptedTable, name: string, also = ''): string =>
  `exists (select from pg_constraint k where k.conrelid = ${table.facts.oid} and k.conname = ${pg.escapeLiteral(name)}${also})`;
const isNotNull = ({ facts }: AdoptedTable): string => `exists (select from pg_attribute a where a.attrelid = ${facts.oid} and a.attname = 'organization_id' and a.attnotnull)`;
const hasIndex = (table: AdoptedTable, name: string): string =>
  `exists (select from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${table.facts.oid} and c.relname = ${pg.escapeLiteral(name)} and i.indisvalid)`;

/** Which rows a batch of the fill has: those of some pages of the table. */
export const fillSql = (table: AdoptedTable): string =>
  `update ${sqlName(table)} as r set organization_id = ${organizationOf(table, 'r')}
 where r.ctid >= $1::tid and r.ctid < $2::tid and r.organization_id is distinct from ${organizationOf(table, 'r')}`;

/** The steps for the columns of all tables, then for the indexes, then for the foreign keys, which need the indexes of both tables. */
export function preparation(tables: readonly AdoptedTable[]): Step[] {
  return [...tables.flatMap(columnSteps), ...tables.flatMap(indexSteps), ...tables.flatMap(keySteps)];
}

function columnSteps(table: AdoptedTable): Step[] {
  const [name, check] = [sqlName(table), quote(presence(table))];
  return [
    {
      table,
      does: 'add the column',
      kind: 'short',
      sql: [`alter table ${name} add column if not exists organization_id uuid`],
      done: `exists (select from pg_attribute a where a.attrelid = ${table.facts.oid} and a.attname = 'organization_id' and not a.attisdropped)`,
    },
    { table, does: 'fill the column of rows that are written from now on', kind: 'short', sql: fillTriggerSql(table) },
    { table, does: 'fill the column of all other rows, in batches', kind: 'fill', sql: [fillSql(table)] },
    { table, does: 'count the rows without an organization', kind: 'count', sql: [`select count(*) from ${name} where organization_id is null`], done: isNotNull(table) },
    {
      table,
      does: 'refuse new rows without an organization',
      kind: 'short',
      sql: [`alter table ${name} add constraint ${check} check (organization_id is not null) not valid`],
      done: `${hasConstraint(table, presence(table))} or ${isNotNull(table)}`,
    },
    {
      table,
      does: 'check that all rows have an organization',
      kind: 'online',
      sql: [`alter table ${name} validate constraint ${check}`],
      done: `${hasConstraint(table, presence(table), ' and k.convalidated')} or ${isNotNull(table)}`,
    },
    {
      table,
      does: 'require the column',
      kind: 'short',
      sql: [`alter table ${name} alter column organization_id set not null`, `alter table ${name} drop constraint if exists ${check}`],
      done: `${isNotNull(table)} and not ${hasConstraint(table, presence(table))}`,
    },
  ];
}

/** The function has the rights of its owner, because the role that writes a row need not be able to read what the row references. */
function fillTriggerSql(table: AdoptedTable): string[] {
  const fill = fillFunction(table);
  return [
    `create or replace function ${fill}() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $fill$
begin
  new.organization_id := ${organizationOf(table, 'new')};
  return new;
end
$fill$`,
    `revoke all on function ${fill}() from public`,
    `create or replace trigger ${fillTrigger} before insert or update on ${sqlName(table)} for each row execute function ${fill}()`,
  ];
}

function indexSteps(table: AdoptedTable): Step[] {
  const { uniques, keys } = table.facts;
  const wanted: readonly (readonly [name: string, definition: string])[] = [
    ...uniques.map((unique) => [tenantIndex(unique), indexSql(unique, tenantIndex(unique), table, 'organization_id, ')] as const),
    ...keys.map((key) => [keyIndex(table, key), `create index concurrently ${quote(keyIndex(table, key))} on ${sqlName(table)} (organization_id, ${list(key.columns)})`] as const),
    [plainIndex(table), `create index concurrently ${quote(plainIndex(table))} on ${sqlName(table)} (organization_id)`],
  ];
  // An index that leads with organization_id and has all rows makes the plain one superfluous.
  const isCovered = keys.length > 0 || uniques.some(({ definition }) => !/ WHERE /.test(definition));
  return (isCovered ? wanted.slice(0, -1) : wanted).map(([name, sql]) => ({
    table,
    does: `create the index ${name}`,
    kind: 'online',
    sql: [sql],
    done: hasIndex(table, name),
    before: `drop index concurrently if exists ${quote(table.schema)}.${quote(name)}`,
  }));
}

/** Writes the definition of a unique index again, with another name and more columns at its beginning. */
function indexSql({ definition }: UniqueIndex, name: string, table: AdoptedTable, columns: string): string {
  const using = ' USING btree (';
  const from = definition.indexOf(using) + using.length;
  return `create unique index concurrently ${quote(name)} on ${sqlName(table)} using btree (${columns}${definition.slice(from)}`;
}

const actions: Readonly<Record<string, string>> = { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' };

function keySteps(table: AdoptedTable): Step[] {
  const all: readonly (readonly [name: string, definition: string])[] = [
    [organizationKey(table), 'foreign key (organization_id) references public.organizations (id) on delete cascade on update restrict'],
    ...table.facts.keys.map((key) => [tenantKey(key), innerKeySql(key)] as const),
  ];
  return all.flatMap(([name, definition]) => [
    {
      table,
      does: `add the foreign key ${name}`,
      kind: 'short' as const,
      sql: [`alter table ${sqlName(table)} add constraint ${quote(name)} ${definition} not valid`],
      done: hasConstraint(table, name),
    },
    {
      table,
      does: `check the foreign key ${name}`,
      kind: 'online' as const,
      sql: [`insert into ${records}.checks values (${pg.escapeLiteral(sqlName(table))}, ${pg.escapeLiteral(name)})`],
      done: hasConstraint(table, name, ' and k.convalidated'),
    },
  ]);
}

function innerKeySql({ columns, toSchema, toName, toColumns, onDelete, onUpdate, setColumns, deferrable, deferred }: InnerKey): string {
  const sets = onDelete === 'n' || onDelete === 'd' ? ` (${list(setColumns.length > 0 ? setColumns : columns)})` : '';
  return (
    `foreign key (organization_id, ${list(columns)}) references ${quote(toSchema)}.${quote(toName)} (organization_id, ${list(toColumns)})` +
    ` on delete ${actions[onDelete] ?? ''}${sets} on update ${actions[onUpdate] ?? ''}${deferrableSql(deferrable, deferred)}`
  );
}

const deferrableSql = (deferrable: boolean, deferred: boolean): string => (deferrable ? ` deferrable initially ${deferred ? 'deferred' : 'immediate'}` : '');

/** Locks the tables in one order. */
const lockSql = (tables: readonly AdoptedTable[]): string => `lock table ${tables.map(sqlName).toSorted().join(', ')} in access exclusive mode`;

/** The statements of the transaction that closes the tables to everybody who has not bound an organization. */
export function protection(tables: readonly AdoptedTable[]): string[] {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].filter((schema) => schema !== 'public');
  return [
    lockSql(tables),
    ...tables.flatMap((table) => table.facts.keys.map(({ name }) => `alter table ${sqlName(table)} drop constraint ${quote(name)}`)),
    ...tables.flatMap((table) => table.facts.keys.map((key) => `alter table ${sqlName(table)} rename constraint ${quote(tenantKey(key))} to ${quote(key.name)}`)),
    ...tables.flatMap((table) => table.facts.uniques.filter(({ neededOutside }) => !neededOutside).flatMap((unique) => replaceUnique(table, unique, tenantIndex(unique)))),
    ...schemas.map((schema) => `grant usage on schema ${quote(schema)} to tenantry_app, tenantry_platform`),
    ...tables.flatMap((table) => [
      `drop trigger ${fillTrigger} on ${sqlName(table)}`,
      `drop function ${fillFunction(table)}()`,
      `alter table ${sqlName(table)} alter column organization_id set default app.current_organization_id()`,
      `select app.protect_tenant_table(${pg.escapeLiteral(sqlName(table))})`,
      `update ${records}.tables set protected_at = clock_timestamp() where schema = ${pg.escapeLiteral(table.schema)} and name = ${pg.escapeLiteral(table.name)}`,
    ]),
  ];
}

/** Replaces a unique index by another one, which gets its name, and its constraint. */
function replaceUnique(table: AdoptedTable, { name, constraint, primary, deferrable, deferred }: UniqueIndex, by: string): string[] {
  const [target, schema] = [sqlName(table), quote(table.schema)];
  if (constraint === null) return [`drop index ${schema}.${quote(name)}`, `alter index ${schema}.${quote(by)} rename to ${quote(name)}`];
  return [
    `alter table ${target} drop constraint ${quote(constraint)}`,
    `alter table ${target} add constraint ${quote(constraint)} ${primary ? 'primary key' : 'unique'} using index ${quote(by)}${deferrableSql(deferrable, deferred)}`,
  ];
}

/** How the definition of a foreign key ends that was never checked. */
const notValid = / NOT VALID$/;

/** The statements of a rollback: each alone, then one transaction, then each alone. */
export interface Rollback {
  readonly before: readonly string[];
  readonly transaction: readonly string[];
  readonly after: readonly string[];
}

/**
 * The statements that make tables what they were. Rows stay. It fails, and changes nothing, when two organizations have made rows meanwhile that a unique index of before
 * does not allow next to each other.
 *
 * @param isProtected whether {@link protection} has run
 */
export function rollback(tables: readonly AdoptedTable[], isProtected: (table: AdoptedTable) => boolean): Rollback {
  const closed = tables.filter(isProtected);
  const replaced = closed.flatMap((table) => table.facts.uniques.filter(({ neededOutside }) => !neededOutside).map((unique) => ({ table, unique })));
  const keys = closed.flatMap((table) => table.facts.keys.map((key) => ({ table, key })));
  const drop = (table: AdoptedTable, name: string): string => `alter table ${sqlName(table)} drop constraint if exists ${quote(name)}`;
  return {
    before: replaced.flatMap(({ table, unique }) => [
      `drop index concurrently if exists ${quote(table.schema)}.${quote(restoredIndex(unique))}`,
      indexSql(unique, restoredIndex(unique), table, ''),
    ]),
    transaction: [
      lockSql(tables),
      ...tables.flatMap((table) => [drop(table, organizationKey(table)), ...table.facts.keys.map((key) => drop(table, isProtected(table) ? key.name : tenantKey(key)))]),
      ...closed.flatMap((table) => openSql(table)),
      ...replaced.flatMap(({ table, unique }) => replaceUnique(table, unique, restoredIndex(unique))),
      ...tables.flatMap((table) => [
        `drop trigger if exists ${fillTrigger} on ${sqlName(table)}`,
        `drop function if exists ${fillFunction(table)}()`,
        `alter table ${sqlName(table)} drop column if exists organization_id`,
        `delete from ${records}.tables where schema = ${pg.escapeLiteral(table.schema)} and name = ${pg.escapeLiteral(table.name)}`,
      ]),
      ...keys.map(({ table, key }) => `alter table ${sqlName(table)} add constraint ${quote(key.name)} ${key.definition.replace(notValid, '')} not valid`),
    ],
    after: keys.filter(({ key }) => !notValid.test(key.definition)).map(({ table, key }) => `alter table ${sqlName(table)} validate constraint ${quote(key.name)}`),
  };
}

/** Undoes app.protect_tenant_table. */
function openSql(table: AdoptedTable): string[] {
  const name = sqlName(table);
  const { publicPrivileges } = table.facts;
  return [
    ...['tenant', 'platform', 'triggers'].map((policy) => `drop policy if exists ${policy} on ${name}`),
    `alter table ${name} no force row level security`,
    `alter table ${name} disable row level security`,
    ...['audit', 'version_required', 'version_raised'].map((trigger) => `drop trigger if exists ${trigger} on ${name}`),
    `revoke all on table ${name} from tenantry_app, tenantry_platform`,
    `do $sequences$ declare sequence regclass; begin
  for sequence in select d.objid::regclass from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S' where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = ${table.facts.oid} and d.deptype in ('a', 'i') loop
    execute format('revoke all on sequence %s from tenantry_app, tenantry_platform', sequence);
  end loop;
end $sequences$`,
    ...(publicPrivileges.length > 0 ? [`grant ${publicPrivileges.join(', ')} on table ${name} to public`] : []),
  ];
}
