import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { withConnection } from '../connect/with-connection.js';
import { refuseIf } from './adoption.error.js';
import { readTableFacts, type InnerKey, type TableFacts } from './adoption-facts.js';
import type { AdoptionPlan, PlannedTable } from './adoption-plan.js';
import { readRecords, type AdoptionRecord } from './adoption-records.js';
import { fillTrigger, idOf, sqlName, type AdoptedTable, type Reference, type ResolvedRule } from './adoption-sql.js';

/** The tables of an adoption file, found in the database, those that others reference first. */
export interface Adoption {
  readonly tables: readonly AdoptedTable[];
  readonly records: ReadonlyMap<string, AdoptionRecord>;
  readonly organizations: readonly Organization[];
}

export interface Organization {
  readonly id: string;
  readonly slug: string;
}

interface FoundTable extends PlannedTable {
  readonly facts: TableFacts;
}

/**
 * Finds the tables and the organizations of an adoption file. Changes nothing.
 *
 * @param owner a connection of the owner of the tables
 * @param platformUrl the address of the platform role, which sees the organizations
 * @param options.needsOrganizations false for work that writes no organization into rows
 * @throws {AdoptionError} with everything that prevents the adoption
 */
export async function resolveAdoption(owner: pg.ClientBase, platformUrl: string, plan: AdoptionPlan, { needsOrganizations = true } = {}): Promise<Adoption> {
  const { rows } = await owner.query<{ migrated: boolean }>(`select to_regprocedure('app.protect_tenant_table(regclass)') is not null as migrated`);
  refuseIf(rows[0]?.migrated === true ? [] : ['The tables of tenantry are missing in this database. Run tenantry db:migrate first.']);
  const records = new Map((await readRecords(owner)).map((record) => [idOf(record), record]));
  const found = await findTables(owner, plan, records);
  const sorted = sortByReference(found);
  const open = sorted.filter((table) => !isProtected(records, table));
  const values = await readValues(owner, open);
  const organizations = await readOrganizations(platformUrl, [
    ...namedOrganizations(open),
    ...[...values.values()].flat().map(({ value }) => plan.organizations.get(value) ?? value),
  ]);
  if (needsOrganizations) refuseIf([...missingOrganizations(open, organizations), ...missingValues(values, plan, organizations)]);
  return { tables: resolveRules(sorted, values, plan, organizations), records, organizations: [...new Map([...organizations.values()].map((each) => [each.id, each])).values()] };
}

export const isProtected = (records: Adoption['records'], table: { readonly schema: string; readonly name: string }): boolean => {
  const protectedAt = records.get(idOf(table))?.protectedAt;
  return protectedAt !== null && protectedAt !== undefined;
};

async function findTables(owner: pg.ClientBase, plan: AdoptionPlan, records: Adoption['records']): Promise<FoundTable[]> {
  const names = plan.tables.map(idOf);
  const mayMuteTriggers = await canMuteTriggers(owner);
  const problems: string[] = [];
  const found: FoundTable[] = [];
  for (const table of plan.tables) {
    const id = idOf(table);
    const now = await readTableFacts(owner, table.schema, table.name, names);
    const record = records.get(id);
    if (now === undefined) {
      problems.push(`${id}: the table does not exist.`);
      continue;
    }
    if (record === undefined) problems.push(...checkNew(id, now, mayMuteTriggers));
    else if (!isDeepStrictEqual(record.rule, table.rule))
      problems.push(`${id}: its adoption has begun with another rule. Restore the rule in the file, or roll the adoption back first.`);
    problems.push(...(isProtected(records, table) ? [] : checkRule(id, table, now)));
    found.push({ ...table, facts: record === undefined ? now : { ...record.facts, oid: now.oid } });
  }
  refuseIf(problems);
  return found;
}

/** Whether the fill may keep the triggers of the product from firing (`session_replication_role`). */
export async function canMuteTriggers(owner: pg.ClientBase): Promise<boolean> {
  const { rows } = await owner.query<{ may: boolean }>(`select has_parameter_privilege('session_replication_role', 'set') as may`);
  return rows[0]?.may === true;
}

function checkNew(id: string, facts: TableFacts, mayMuteTriggers: boolean): string[] {
  const { kind, inherits, owned, columns, policies, rowSecurity, versionType, updateTriggers, exclusions, keys } = facts;
  const triggers = updateTriggers.filter((name) => name !== fillTrigger);
  return [
    ...(kind !== 'r' || inherits ? [`${id}: it is not a plain table. Views, partitioned tables and tables with inheritance cannot be adopted.`] : []),
    ...(owned ? [] : [`${id}: it belongs to another role. Change it as that role: alter table … owner to the role of DATABASE_OWNER_URL.`]),
    ...(columns.includes('organization_id') ? [`${id}: it has a column organization_id already. Rename that column.`] : []),
    ...(policies.length > 0 || rowSecurity ? [`${id}: it has row security or policies of its own. Remove them: a row would have to satisfy only one of several policies.`] : []),
    ...(versionType === null || versionType.startsWith('timestamp') ? [] : [`${id}: updated_at must be a time, because it becomes the version of the rows. Rename the column.`]),
    ...(exclusions.length > 0
      ? [`${id}: the exclusion constraints ${exclusions.join(', ')} compare rows of different organizations. Drop them, and create them again with organization_id.`]
      : []),
    ...(triggers.length > 0 && !mayMuteTriggers
      ? [
          `${id}: the triggers ${triggers.join(', ')} would fire for every row. Run as a superuser: grant set on parameter session_replication_role to the role of DATABASE_OWNER_URL; or disable the triggers.`,
        ]
      : []),
    ...keys.flatMap(checkKey).map((problem) => `${id}: ${problem}`),
  ];
}

function checkKey({ name, columns, onUpdate, full }: InnerKey): string[] {
  if (onUpdate === 'n' || onUpdate === 'd') return [`the foreign key ${name} sets columns on update, which would remove the organization. Create it again with another action.`];
  return full && columns.length > 1 ? [`the foreign key ${name} is "match full". Create it again without.`] : [];
}

function checkRule(id: string, { rule }: PlannedTable, { columns }: TableFacts): string[] {
  const named = rule.kind === 'column' ? [rule.column] : rule.kind === 'through' ? rule.columns : [];
  return named.filter((column) => !columns.includes(column)).map((column) => `${id}: the column ${column} does not exist.`);
}

/** Sorts tables so that the rows by which a row finds its organization come first. */
function sortByReference(tables: readonly FoundTable[]): FoundTable[] {
  const sorted: FoundTable[] = [];
  const problems: string[] = [];
  let left = tables.filter((table) => {
    const unknown = referencesOf(table, tables).filter(({ target }) => target === undefined);
    problems.push(...unknown.map(({ column }) => `${idOf(table)}: ${column} has no foreign key of its own to another table of the file.`));
    return unknown.length === 0;
  });
  refuseIf(problems);
  while (left.length > 0) {
    const next = left.filter((table) => referencesOf(table, tables).every(({ target }) => target !== undefined && sorted.includes(target)));
    refuseIf(next.length > 0 ? [] : [`${left.map(idOf).join(', ')}: they find their organization through each other. One of them needs organization or column.`]);
    sorted.push(...next);
    left = left.filter((table) => !next.includes(table));
  }
  return sorted;
}

function referencesOf(
  { rule, facts, ...table }: FoundTable,
  tables: readonly FoundTable[],
): { readonly column: string; readonly target: FoundTable | undefined; readonly targetColumn: string }[] {
  if (rule.kind !== 'through') return [];
  return rule.columns.map((column) => {
    const key = facts.keys.find(({ columns, toSchema, toName }) => columns.length === 1 && columns[0] === column && !(toSchema === table.schema && toName === table.name));
    const target = key === undefined ? undefined : tables.find(({ schema, name }) => schema === key.toSchema && name === key.toName);
    return { column, target, targetColumn: key?.toColumns[0] ?? '' };
  });
}

interface ValueCount {
  readonly value: string;
  readonly rows: number;
}

/** Counts the rows of each value of the columns that name organizations. */
async function readValues(owner: pg.ClientBase, tables: readonly FoundTable[]): Promise<Map<string, ValueCount[]>> {
  const values = new Map<string, ValueCount[]>();
  for (const table of tables) {
    if (table.rule.kind !== 'column') continue;
    const column = `r.${pg.escapeIdentifier(table.rule.column)}`;
    const { rows } = await owner.query<ValueCount>(
      `select ${column}::text as value, count(*)::float8 as rows from ${sqlName(table)} r where ${column} is not null group by 1 order by 1`,
    );
    values.set(idOf(table), rows);
  }
  return values;
}

const namedOrganizations = (tables: readonly FoundTable[]): string[] => tables.flatMap(({ rule }) => (rule.kind === 'organization' ? [rule.organization] : []));

/** Finds organizations by id or slug. */
async function readOrganizations(platformUrl: string, wanted: readonly string[]): Promise<Map<string, Organization>> {
  const { rows } = await withConnection(platformUrl, (platform) =>
    platform.query<Organization & { wanted: string }>(
      `select w.name as wanted, o.id, o.slug from unnest($1::text[]) as w (name) join public.organizations o on o.id::text = lower(w.name) or o.slug = w.name where o.deleted_at is null`,
      [[...new Set(wanted)]],
    ),
  );
  return new Map(rows.map(({ wanted: name, id, slug }) => [name, { id, slug }]));
}

const missingOrganizations = (tables: readonly FoundTable[], organizations: ReadonlyMap<string, Organization>): string[] =>
  [...new Set(namedOrganizations(tables))]
    .filter((name) => !organizations.has(name))
    .map((name) => `The organization ${name} does not exist. Create it with tenantry tenant:create.`);

/** At most this many values are listed for a table. */
const listed = 20;

function missingValues(values: ReadonlyMap<string, readonly ValueCount[]>, plan: AdoptionPlan, organizations: ReadonlyMap<string, Organization>): string[] {
  return [...values].flatMap(([table, counts]) => {
    const missing = counts.filter(({ value }) => !organizations.has(plan.organizations.get(value) ?? value));
    if (missing.length === 0) return [];
    const shown = missing.slice(0, listed).map(({ value, rows }) => `${JSON.stringify(value)} (${rows} rows)`);
    const more = missing.length > listed ? `, and ${missing.length - listed} more` : '';
    return [
      `${table}: no organization exists for the values ${shown.join(', ')}${more}. Create it with tenantry tenant:create, and name it under organizations unless the value is its slug.`,
    ];
  });
}

function resolveRules(
  sorted: readonly FoundTable[],
  values: ReadonlyMap<string, readonly ValueCount[]>,
  plan: AdoptionPlan,
  organizations: ReadonlyMap<string, Organization>,
): AdoptedTable[] {
  const resolved: AdoptedTable[] = [];
  for (const { schema, name, facts, rule } of sorted) {
    const references = referencesOf({ schema, name, facts, rule }, sorted).flatMap(({ column, target, targetColumn }): Reference[] => {
      const found = resolved.find((each) => target !== undefined && idOf(each) === idOf(target));
      return found === undefined ? [] : [{ column, target: found, targetColumn }];
    });
    resolved.push({ schema, name, facts, rule: resolveRule(rule, references) });
  }
  return resolved;

  function resolveRule(rule: PlannedTable['rule'], references: readonly Reference[]): ResolvedRule {
    if (rule.kind === 'through') return { kind: 'through', references };
    if (rule.kind === 'organization') return { kind: 'organization', id: organizations.get(rule.organization)?.id ?? '' };
    return { kind: 'column', column: rule.column, ids: idsOfValues() };
  }

  /** Also the values of the file that no row has yet: a row may be written meanwhile. */
  function idsOfValues(): Record<string, string> {
    const all = [...plan.organizations.keys(), ...[...values.values()].flat().map(({ value }) => value)];
    return Object.fromEntries(
      all.flatMap((value) => {
        const organization = organizations.get(plan.organizations.get(value) ?? value);
        return organization === undefined ? [] : [[value, organization.id]];
      }),
    );
  }
}
