import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { describeLongTransactions, isBusyTable } from '../busy-tables.js';
import { withConnection } from '../connect/with-connection.js';
import { inTransaction } from '../locks.js';
import { AdoptionError, refuseIf } from './adoption.error.js';
import type { AdoptionPlan } from './adoption-plan.js';
import { addRecord, createRecords, dropEmptyRecords, type RowCounts } from './adoption-records.js';
import {
  fillSql,
  fillTrigger,
  idOf,
  organizationBySource,
  organizationOf,
  preparation,
  protection,
  records,
  rollback,
  sqlName,
  type AdoptedTable,
  type Step,
} from './adoption-sql.js';
import { canMuteTriggers, isProtected, resolveAdoption, type Adoption, type Organization } from './resolve-adoption.js';

export interface AdoptionAddresses {
  /** The role that owns the tables. */
  readonly ownerUrl: string;
  /** The role that sees the organizations. */
  readonly platformUrl: string;
}

/** A property of the database that breaks the isolation of tenants. */
export interface FoundFault {
  readonly object: string;
  readonly message: string;
  readonly fix: string;
}

/** Inspects the database on a connection, as the doctor does. */
export type Inspect = (owner: pg.ClientBase) => Promise<readonly FoundFault[]>;

/** Reports what is being done. */
export type ReportStep = (what: string, done?: number, total?: number) => void;

/** The rows of a table by organization: at the beginning by the original columns, and at the end by organization_id. */
export interface TableCounts {
  readonly table: string;
  readonly before: RowCounts;
  readonly after: RowCounts | null;
}

export interface AdoptionResult {
  readonly protected: boolean;
  readonly tables: readonly TableCounts[];
  readonly organizations: readonly Organization[];
}

/** The effect that an adoption would have. */
export interface AdoptionPreview extends AdoptionResult {
  readonly sql: readonly string[];
}

/** The key of the advisory lock that lets one adoption run at a time. */
const lockKey = 72707374;
/**
 * How long a statement waits for a table: those who want it after the statement wait too. It may wait for two tables in turn, and both together must be less than
 * `deadlock_timeout` (a second): otherwise PostgreSQL can end the transaction of the application instead.
 */
const tableLockTimeout = '300ms';
/** Milliseconds until a statement is tried again, in which those that have queued proceed. */
const pause = 500;
/** Milliseconds for which a statement is tried again. */
const patience = 600_000;
/** The fill begins again when rows have changed meanwhile, at most this many times. */
const passes = 5;
/** Milliseconds that a batch of the fill should take. */
const batchTime = 200;
const mostPages = 4096;
const noOrganization = 'none';

/** Runs `work` as the owner, alone, with names that mean the same in every schema, and without limits of time. */
async function asOwner<Result>({ ownerUrl }: AdoptionAddresses, work: (owner: pg.Client) => Promise<Result>): Promise<Result> {
  const noLimit = 0;
  return withConnection(
    ownerUrl,
    async (owner) => {
      await owner.query(`set search_path to pg_catalog; set statement_timeout to 0; set lock_timeout to 0; set idle_in_transaction_session_timeout to 0`);
      const { rows } = await owner.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
      if (rows[0]?.locked !== true) throw new AdoptionError('Another process adopts tables of this database. Wait until it has ended.');
      return work(owner);
    },
    noLimit,
  );
}

/** Returns what {@link adopt} would do, and the rows of each organization. Changes nothing. @throws {AdoptionError} */
export async function previewAdoption(addresses: AdoptionAddresses, plan: AdoptionPlan): Promise<AdoptionPreview> {
  return asOwner(addresses, async (owner) => {
    const adoption = await resolveAdoption(owner, addresses.platformUrl, plan);
    const open = openTables(adoption);
    const counts = await countBySource(owner, open);
    const steps = preparation(open);
    const sql = [
      ...steps.flatMap(({ table, does, kind, sql: statements }) => [
        `-- ${idOf(table)}: ${does}${kind === 'fill' ? ' of pages, $1 to $2' : ''}`,
        ...statements.map((each) => `${each};`),
      ]),
      ...(open.length === 0 ? [] : ['-- With --protect, in one transaction:', 'begin;', ...protection(open).map((each) => `${each};`), 'commit;']),
    ];
    return { protected: open.length === 0, organizations: adoption.organizations, tables: [...counts].map(([table, before]) => ({ table, before, after: null })), sql };
  });
}

const openTables = ({ tables, records: known }: Adoption): AdoptedTable[] => tables.filter((table) => !isProtected(known, table));

/**
 * Gives the rows of tables an organization while others read and write them. When it is interrupted, the next call continues.
 *
 * @param options.protect also closes the tables: from then on a session reads and writes only rows of the organization that it has bound
 * @returns the rows of each organization, before and after
 * @throws {AdoptionError} when a row has no organization, or another one than its original columns say
 */
export async function adopt(
  addresses: AdoptionAddresses,
  plan: AdoptionPlan,
  { protect, report, inspect }: { readonly protect: boolean; readonly report: ReportStep; readonly inspect: Inspect },
): Promise<AdoptionResult> {
  return asOwner(addresses, async (owner) => {
    const adoption = await resolveAdoption(owner, addresses.platformUrl, plan);
    const open = openTables(adoption);
    await begin(owner, adoption, plan, open);
    const known = new Map((await countedBefore(owner)).map(({ id, before }) => [id, before]));
    const steps = preparation(open);
    for (const [index, step] of steps.entries()) {
      report(`${idOf(step.table)}: ${step.does}`, index, steps.length);
      await run(owner, step, report);
    }
    report('comparing the rows with their sources');
    const counted = await compare(owner, open);
    if (protect && open.length > 0) {
      report('protecting the tables');
      await close(owner, open, inspect);
    }
    const tables = open.map((table) => ({ table: idOf(table), before: known.get(idOf(table)) ?? {}, after: counted.get(idOf(table)) ?? {} }));
    return { protected: protect || open.length === 0, tables, organizations: adoption.organizations };
  });
}

/** Records the tables as they are, before anything changes. */
async function begin(owner: pg.Client, { records: known }: Adoption, plan: AdoptionPlan, open: readonly AdoptedTable[]): Promise<void> {
  const fresh = open.filter((table) => !known.has(idOf(table)));
  const counts = await countBySource(owner, fresh);
  await inTransaction(owner, async () => {
    await createRecords(owner);
    for (const { schema, name, facts } of fresh) {
      const rule = plan.tables.find((table) => idOf(table) === idOf({ schema, name }))?.rule;
      if (rule !== undefined) await addRecord(owner, { schema, name, rule, facts, before: counts.get(idOf({ schema, name })) ?? {} });
    }
  });
}

async function countedBefore(owner: pg.Client): Promise<{ readonly id: string; readonly before: RowCounts }[]> {
  const { rows } = await owner.query<{ id: string; before: RowCounts }>(`select schema || '.' || name as id, before from ${records}.tables`);
  return rows;
}

/** Counts the rows of each organization by the original columns, as of one moment. @throws {AdoptionError} when rows have none */
async function countBySource(owner: pg.Client, tables: readonly AdoptedTable[]): Promise<Map<string, RowCounts>> {
  const counts = await inTransaction(
    owner,
    async () => {
      const found = new Map<string, RowCounts>();
      for (const table of tables) {
        const { rows } = await owner.query<{ organization: string | null; rows: number }>(
          `select ${organizationBySource(table, 'r')} as organization, count(*)::float8 as rows from ${sqlName(table)} r group by 1 order by 1`,
        );
        found.set(idOf(table), Object.fromEntries(rows.map(({ organization, rows: count }) => [organization ?? noOrganization, count])));
      }
      return found;
    },
    'isolation level repeatable read read only',
  );
  refuseIf([...counts].flatMap(([table, each]) => (each[noOrganization] === undefined ? [] : [without(table, each[noOrganization])])));
  return counts;
}

const without = (table: string, rows: number): string =>
  `${table}: ${rows} row(s) have no organization by the rule of the file, because a column is null, or names no organization. Correct or delete the rows, or add the organization.`;

async function run(owner: pg.Client, step: Step, report: ReportStep): Promise<void> {
  if (step.done !== undefined && (await isTrue(owner, step.done))) return;
  if (step.kind === 'fill') return fill(owner, step.table, report);
  if (step.kind === 'count') return refuseIf(await rowsWithout(owner, step));
  await patiently(owner, step.does, async () => {
    if (step.before !== undefined) await owner.query(step.before);
    if (step.kind === 'online') await runAll(owner, step.sql);
    else await inShortTransaction(owner, () => runAll(owner, step.sql));
  });
}

async function rowsWithout(owner: pg.Client, { table, sql }: Step): Promise<string[]> {
  const { rows } = await owner.query<{ count: string }>(sql[0] as string);
  const count = Number(rows[0]?.count);
  return count === 0 ? [] : [without(idOf(table), count)];
}

const isTrue = async (owner: pg.Client, condition: string): Promise<boolean> => (await owner.query<{ is: boolean }>(`select (${condition}) as "is"`)).rows[0]?.is === true;

async function runAll(owner: pg.Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await owner.query(statement);
}

const inShortTransaction = <Result>(owner: pg.Client, work: () => Promise<Result>): Promise<Result> =>
  inTransaction(owner, async () => {
    await owner.query(`set local lock_timeout = '${tableLockTimeout}'`);
    return work();
  });

/** Tries again while other transactions use the table. */
async function patiently<Result>(owner: pg.Client, what: string, work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusyTable(error)) throw error;
      if (performance.now() >= deadline) throw await busy(owner, what);
    }
    await sleep(pause);
  }
}

async function busy(owner: pg.Client, what: string): Promise<AdoptionError> {
  const open = await describeLongTransactions(owner, tableLockTimeout);
  return new AdoptionError(`Could not ${what}: other transactions use the table all the time.${open} Run the command again to continue.`);
}

/** Fills the rows in batches of pages. A row that is written meanwhile, wherever it moves, is filled by the trigger. */
async function fill(owner: pg.Client, table: AdoptedTable, report: ReportStep): Promise<void> {
  const muted = await canMuteTriggers(owner);
  for (let pass = 0; pass < passes; pass++) {
    if (pass > 0) await setNextPage(owner, table, 0);
    await fillOnce(owner, table, muted, report);
    if (!(await isAnyRowWrong(owner, table))) return;
  }
}

const isAnyRowWrong = (owner: pg.Client, table: AdoptedTable): Promise<boolean> => {
  const wanted = organizationOf(table, 'r');
  return isTrue(owner, `exists (select from ${sqlName(table)} r where r.organization_id is distinct from ${wanted})`);
};

async function fillOnce(owner: pg.Client, table: AdoptedTable, muted: boolean, report: ReportStep): Promise<void> {
  const { rows } = await owner.query<{ next: number; total: number }>(
    `select next_page::float8 as next, (pg_relation_size(to_regclass($3)) / current_setting('block_size')::int)::float8 as total from ${records}.tables where schema = $1 and name = $2`,
    [table.schema, table.name, sqlName(table)],
  );
  const total = rows[0]?.total ?? 0;
  let next = rows[0]?.next ?? 0;
  let pages = 16;
  while (next < total) {
    const end = Math.min(next + pages, total);
    const began = performance.now();
    await patiently(owner, `fill ${idOf(table)}`, () => inShortTransaction(owner, () => fillPages(owner, table, muted, next, end)));
    const took = performance.now() - began;
    next = end;
    pages = took > batchTime ? Math.max(1, Math.floor(pages / 2)) : took < batchTime / 2 ? Math.min(mostPages, pages * 2) : pages;
    report(`${idOf(table)}: filling pages`, next, total);
  }
}

async function fillPages(owner: pg.Client, table: AdoptedTable, muted: boolean, from: number, to: number): Promise<void> {
  if (muted) await owner.query('set local session_replication_role = replica');
  await owner.query(fillSql(table), [`(${from},0)`, `(${to},0)`]);
  await setNextPage(owner, table, to);
}

const setNextPage = async (owner: pg.Client, { schema, name }: AdoptedTable, page: number): Promise<void> => {
  await owner.query(`update ${records}.tables set next_page = $3 where schema = $1 and name = $2`, [schema, name, page]);
};

/**
 * Counts the rows of each organization, and compares the organization of each row with its original columns, as of one moment.
 *
 * @throws {AdoptionError} when a row has another organization than its original columns say
 */
async function compare(owner: pg.Client, tables: readonly AdoptedTable[]): Promise<Map<string, RowCounts>> {
  const problems: string[] = [];
  const counted = await inTransaction(
    owner,
    async () => {
      const found = new Map<string, RowCounts>();
      for (const table of tables) {
        const { rows } = await owner.query<{ organization: string | null; wanted: string | null; rows: number }>(
          `select r.organization_id as organization, ${organizationBySource(table, 'r')} as wanted, count(*)::float8 as rows from ${sqlName(table)} r group by 1, 2 order by 1, 2`,
        );
        const counts: Record<string, number> = {};
        for (const { organization, wanted, rows: count } of rows) {
          const name = organization ?? noOrganization;
          counts[name] = (counts[name] ?? 0) + count;
          if (organization === null || organization !== wanted)
            problems.push(`${idOf(table)}: ${count} row(s) belong to ${name}, and by their original columns to ${wanted ?? noOrganization}.`);
        }
        found.set(idOf(table), counts);
      }
      return found;
    },
    'isolation level repeatable read read only',
  );
  refuseIf(problems);
  return counted;
}

/** Closes the tables in one transaction, or not at all when the doctor finds anything. */
async function close(owner: pg.Client, tables: readonly AdoptedTable[], inspect: Inspect): Promise<void> {
  await patiently(owner, 'protect the tables', () =>
    inShortTransaction(owner, async () => {
      const [lock = '', ...changes] = protection(tables);
      await owner.query(lock);
      for (const table of tables) {
        const filled = `exists (select from pg_trigger g where g.tgrelid = ${table.facts.oid} and g.tgname = '${fillTrigger}' and g.tgenabled = 'O')`;
        refuseIf((await isTrue(owner, filled)) ? [] : [`${idOf(table)}: the trigger ${fillTrigger} is disabled. Rows may have a wrong organization. Run the command again.`]);
      }
      await runAll(owner, changes);
      const findings = await findingsOf(owner, tables, inspect);
      refuseIf(findings.map(({ object, message, fix }) => `${object}: ${message} Fix: ${fix}`));
    }),
  );
}

/** Keeps the findings about the tables. */
async function findingsOf(owner: pg.Client, tables: readonly AdoptedTable[], inspect: Inspect): Promise<readonly FoundFault[]> {
  const { rows } = await owner.query<{ name: string }>(`select format('%I.%I', t.schema, t.name) as name from unnest($1::text[], $2::text[]) as t (schema, name)`, [
    tables.map(({ schema }) => schema),
    tables.map(({ name }) => name),
  ]);
  const findings = await inspect(owner);
  return findings.filter(({ object }) => rows.some(({ name }) => object === name || object.endsWith(` on ${name}`)));
}

/** Returns the statements of {@link rollBackAdoption} as a script for psql. @throws {AdoptionError} */
export async function previewRollback(addresses: AdoptionAddresses, plan: AdoptionPlan): Promise<string[]> {
  return asOwner(addresses, async (owner) => {
    const { before, transaction, after } = await planRollback(owner, addresses, plan);
    return [...before, 'begin', ...transaction, 'commit', ...after].map((statement) => `${statement};`);
  });
}

/** Makes the tables what they were before their adoption. Their rows stay. @throws {AdoptionError} */
export async function rollBackAdoption(addresses: AdoptionAddresses, plan: AdoptionPlan, report: ReportStep): Promise<void> {
  await asOwner(addresses, async (owner) => {
    const { before, transaction, after } = await planRollback(owner, addresses, plan);
    for (const [index, statement] of before.entries()) {
      report('creating the indexes of before', index, before.length);
      await owner.query(statement);
    }
    report('restoring the tables');
    await patiently(owner, 'restore the tables', () => inShortTransaction(owner, () => runAll(owner, transaction)));
    for (const [index, statement] of after.entries()) {
      report('checking the foreign keys of before', index, after.length);
      await owner.query(statement);
    }
    await dropEmptyRecords(owner);
  });
}

async function planRollback(owner: pg.Client, { platformUrl }: AdoptionAddresses, plan: AdoptionPlan): Promise<ReturnType<typeof rollback>> {
  const { tables, records: known } = await resolveAdoption(owner, platformUrl, plan, { needsOrganizations: false });
  const begun = tables.filter((table) => known.has(idOf(table)));
  refuseIf(begun.length > 0 ? [] : ['No table of the file has been adopted.']);
  return rollback(begun, (table) => isProtected(known, table));
}
