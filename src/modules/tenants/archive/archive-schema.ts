import type { ClientBase } from 'pg';
import { concealedUserColumns, credentialTables, leftOutTables, leftOutUserColumns, userTables } from './archive-contents.js';
import { foreignKeysQuery, migrationsQuery, tablesQuery } from './archive-schema.queries.js';

export interface Column {
  readonly name: string;
  /** The name, quoted where SQL requires it. */
  readonly identifier: string;
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly identifier: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

interface ForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
}

/** A table that archives contain. */
export interface ArchivedTable extends Table {
  readonly kind: 'organization' | 'users' | 'tenant' | 'ofUsers';
  /** The column with the user id, for tables about users. */
  readonly userColumn?: string;
  /** Returns an SQL condition for the rows that belong to an organization. */
  readonly rowsOf: (organizationId: string) => string;
  /** Returns the SQL expressions of columns whose values are replaced, with the row as `t`. */
  readonly replaced?: (organizationId: string) => Readonly<Record<string, string>>;
}

/** The tables that this database exports and imports. */
export interface ArchiveSchema {
  /** The applied migrations, oldest first. */
  readonly migrations: readonly string[];
  /** In an order in which each table comes after the tables that it references. */
  readonly tables: readonly ArchivedTable[];
  /** Excluded table → reason. */
  readonly leftOut: Readonly<Record<string, string>>;
}

const organizations = 'public.organizations';
const users = 'public.users';
const quoted = (uuid: string): string => `'${uuid}'::uuid`;
const isTenantOwned = ({ columns }: Table): boolean => columns.some(({ name }) => name === 'organization_id');

/** Reads the system catalogs of the database, so a new table is included in archives without further code. */
export async function readArchiveSchema(client: ClientBase): Promise<ArchiveSchema> {
  const { rows: tables } = await client.query<Table>(tablesQuery);
  const { rows: keys } = await client.query<ForeignKey>(foreignKeysQuery);
  const { rows: migrations } = await client.query<{ name: string }>(migrationsQuery);
  const named = new Map(tables.map((table) => [table.identifier, table]));
  const owned = tables.filter((table) => isTenantOwned(table) && leftOutTables[table.name] === undefined);
  return {
    migrations: migrations.map(({ name }) => name),
    tables: [
      usersTable(requireTable(named, users), owned, keys),
      organizationTable(requireTable(named, organizations)),
      ...sortByReferences(owned.map(tenantTable), keys),
      ...userOwnedTables(tables, keys),
    ],
    leftOut: excludedTables(tables, keys),
  };
}

/** Returns a schema for archives that leave the installation: without credentials, and with the addresses and names of members only. */
export function withoutCredentials({ tables, leftOut, ...schema }: ArchiveSchema): ArchiveSchema {
  const isMember = (id: string): string => `exists (select from public.memberships m where m.organization_id = ${quoted(id)} and m.user_id = t.id)`;
  const replaced = (id: string): Record<string, string> =>
    Object.fromEntries(Object.entries(concealedUserColumns).map(([column, value]) => [column, `case when ${isMember(id)} then t.${column} else ${value} end`]));
  return {
    ...schema,
    tables: tables.filter(({ name }) => credentialTables[name] === undefined).map((table) => (table.kind === 'users' ? { ...table, replaced } : table)),
    leftOut: { ...leftOut, ...credentialTables },
  };
}

function requireTable(tables: ReadonlyMap<string, Table>, identifier: string): Table {
  const table = tables.get(identifier);
  if (table === undefined) throw new Error(`The database has no table ${identifier}. Run the migrations: npx tenantry db:migrate`);
  return table;
}

const organizationTable = (table: Table): ArchivedTable => ({ ...table, kind: 'organization', rowsOf: (id) => `id = ${quoted(id)}` });
const tenantTable = (table: Table): ArchivedTable => ({ ...table, kind: 'tenant', rowsOf: (id) => `organization_id = ${quoted(id)}` });

/** An array, because PostgreSQL would join a subquery: it reads the whole table in the order of its key, for the cursor of an archive. */
const isOneOf = (column: string, query: string): string => `${column} = any(array(${query}))`;

/** The members, and all other users that a row of the tenant references. */
function usersTable(table: Table, owned: readonly Table[], keys: readonly ForeignKey[]): ArchivedTable {
  const references = keys.filter(({ from, to }) => to === users && owned.some(({ identifier }) => identifier === from));
  const rowsOf = (id: string): string =>
    isOneOf('id', references.map(({ from, columns }) => `select ${columns[0]} from ${from} where organization_id = ${quoted(id)}`).join(' union '));
  return { ...table, kind: 'users', userColumn: 'id', columns: table.columns.filter(({ name }) => leftOutUserColumns[name] === undefined), rowsOf };
}

/** The tables with the credentials of members. */
function userOwnedTables(tables: readonly Table[], keys: readonly ForeignKey[]): ArchivedTable[] {
  return tables
    .filter(({ name }) => userTables.includes(name))
    .map((table) => {
      const userColumn = keys.find(({ from, to }) => from === table.identifier && to === users)?.columns[0] ?? 'user_id';
      return { ...table, kind: 'ofUsers', userColumn, rowsOf: (id) => isOneOf(userColumn, `select user_id from public.memberships where organization_id = ${quoted(id)}`) };
    });
}

/** Returns the tables of tenants and users that archives do not contain. */
function excludedTables(tables: readonly Table[], keys: readonly ForeignKey[]): Record<string, string> {
  const named = tables.filter(({ name }) => leftOutTables[name] !== undefined).map(({ name }) => [name, leftOutTables[name] ?? ''] as const);
  const unknown = tables.filter(
    (table) =>
      !isTenantOwned(table) &&
      leftOutTables[table.name] === undefined &&
      !userTables.includes(table.name) &&
      keys.some(({ from, to }) => from === table.identifier && to === users),
  );
  return Object.fromEntries([...named, ...unknown.map(({ name }) => [name, 'The table belongs to users, not to the organization.'] as const)]);
}

/** Sorts tables so that each comes after the tables that it references. References of a table to itself are ignored. */
function sortByReferences(tables: readonly ArchivedTable[], keys: readonly ForeignKey[]): ArchivedTable[] {
  const left = new Map(tables.map((table) => [table.identifier, table]));
  const sorted: ArchivedTable[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ identifier }) => !keys.some(({ from, to }) => from === identifier && to !== identifier && left.has(to)));
    // These tables reference each other in a circle. They can be restored in any order only if their keys are deferrable.
    if (ready.length === 0) return [...sorted, ...left.values()];
    for (const table of ready) left.delete(table.identifier);
    sorted.push(...ready);
  }
  return sorted;
}
