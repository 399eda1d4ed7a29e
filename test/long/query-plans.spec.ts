import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { beginAttempts, claimTurns, endTurn, giveBack, noteAttempt, noteHealth, readQueueState } from '../../src/modules/webhooks/sending/webhook-queue.queries.js';
import type { Operation } from '../../src/contract/open-api.js';
import { calls, harmless, unrecorded, type Stage } from '../audit/calls.js';
import { closeStage, openStage } from '../audit/stage.js';
import type { Answer, Client } from '../support/client.js';
import { operations, resolve } from '../support/conformance/document.js';
import { Places } from '../support/places.js';
import { inDatabase, scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

/** A node of a plan, as `explain (format json)` describes it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'Subplan Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

interface LoggedPlan {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** Tables that stay small however many organizations there are, as the system catalogs do: what belongs to the operator; the last two are of the queue. */
const ofOperator = ['platform_admins', 'service_keys', 'platform_webhooks', 'platform_webhook_health', 'event_sinks'];
const small = new Set([...ofOperator, 'catalog_versions', 'signing_keys', 'job_runs', '_prisma_migrations', 'version', 'queue']);

/** Statements that read a part of an index in its order: a page of a list, or what is next in a queue. */
const pages = /\blimit\b/i;

/** There are few operators, and PostgreSQL begins with them once it knows that there are more users. */
const fromOperators = /from public\.platform_admins a join public\.users/;

/** Reads the rows of a person in all tables, and has a rate limit of its own. */
const exportOfPerson = 'exportPerson';

/** Runs a job, which reads what it deletes. */
const runningOfJob = 'runJob';

/** Sorts by a figure that is computed for each organization. */
const computedOrder = '/api/v1/tenants/usage';

/** Count everything: the figures of the whole installation, for operators. */
const countingRoutes = ['/api/v1/tenants/stats', '/api/v1/platform/webhooks/health'];

const { url, template } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string; template?: string };
/** The log of another server than the embedded one cannot be read. */
const described = template === undefined ? describe.skip : describe;

let scratch: ScratchDatabase;
let stage: Stage;
let admin: pg.Client;
let logFile: string;
/** Indexes of a part of their table, which scans need not narrow further: those of what waits to be done. */
let partial: ReadonlySet<string>;

const logSize = async (): Promise<number> => Number((await admin.query('select size from pg_stat_file($1)', [logFile])).rows[0].size);

/** Returns the plans of all statements that the servers run meanwhile, those inside of functions too. */
async function plansOf(work: () => Promise<unknown>): Promise<LoggedPlan[]> {
  const begin = await logSize();
  await work();
  const { rows } = await admin.query<{ log: string }>('select pg_read_file($1, $2, $3) as log', [logFile, begin, (await logSize()) - begin]);
  // Another process may be writing its last lines now.
  return [...(rows[0]?.log ?? '').matchAll(/ plan:\n((?:\t.*\n)*?\t}\n)/g)].map(([, text = '']) => JSON.parse(text) as LoggedPlan);
}

/** Returns the scans of a plan that read a whole table, or a whole index of all rows. */
function fullScansOf({ 'Query Text': query, Plan: root }: LoggedPlan): string[] {
  const hashed = new Set([...JSON.stringify(root).matchAll(/hashed (SubPlan \d+)/g)].map(([, name]) => name));
  const scans: string[] = [];
  const walk = (node: PlanNode): void => {
    const { 'Relation Name': relation = '', 'Node Type': kind, 'Index Name': index = '' } = node;
    // PostgreSQL reads a small table into a hash instead of looking up each row. It looks up the rows of a large one.
    if (hashed.has(node['Subplan Name'])) return;
    const narrowed = node['Index Cond'] ?? node['Recheck Cond'];
    const scansAll = kind.endsWith('Scan') && relation !== '' && narrowed === undefined && !partial.has(index);
    if (scansAll && !small.has(relation) && !relation.startsWith('pg_') && !pages.test(query) && !fromOperators.test(query)) scans.push(`${kind} of ${relation}: ${query}`);
    for (const child of node.Plans ?? []) walk(child);
  };
  walk(root);
  return scans;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Returns the tables whose rows a page of a list sorts, all of them. An index in the order of the list has the page at once; the sort of equal keys is incremental. */
function sortedTablesOf({ 'Query Text': query, Plan: root }: LoggedPlan): string[] {
  if (root['Node Type'] !== 'Limit' || !pages.test(query)) return [];
  const sorts = nodesOf(root).filter((node) => node['Node Type'] === 'Sort');
  return sorts.flatMap(nodesOf).flatMap(({ 'Relation Name': table }) => (table === undefined || small.has(table) ? [] : [table]));
}

/** Whether a page begins to read an index at a value of a column. */
const beginsAt = (column: string, { 'Query Text': query, Plan: root }: LoggedPlan): boolean =>
  pages.test(query) && nodesOf(root).some((node) => new RegExp(`\\b${column} [<>]=`).test(node['Index Cond'] ?? ''));

/** Returns each statement with a full scan once. */
const fullScans = (plans: readonly LoggedPlan[]): string[] => [...new Set(plans.flatMap(fullScansOf))];

/** Returns the client that may call a route. */
const callerOf = (route: string): Client => (/^\/api\/v1\/(?:tenants|platform)\b/.test(route) ? stage.operator : stage.owner).api;

/** Returns a path with the ids of rows that exist, as far as there are any. */
async function pathOf(route: string): Promise<string> {
  const { rows } = await admin.query<{ organization_id: string; id: string }>('select organization_id, id from invoices limit 1');
  const [invoice] = rows;
  const ids: Record<string, string | undefined> = {
    organizationId: stage.owner.organizationId,
    userId: stage.owner.userId,
    tenantId: invoice?.organization_id,
    invoiceId: invoice?.id,
  };
  return route.replace(/^\/api\/v1/, '').replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? randomUUID());
}

const exampleOfBody = ({ requestBody }: Operation): unknown => Object.values(requestBody?.content ?? {})[0]?.example;

/** @param disabled methods that PostgreSQL avoids where there is another one */
async function openDatabase(...disabled: readonly string[]): Promise<void> {
  scratch = await scratchDatabase();
  const name = new URL(scratch.platform).pathname.slice(1);
  admin = new pg.Client({ connectionString: inDatabase(url, name) });
  await admin.connect();
  partial = new Set(
    (await admin.query<{ name: string }>('select indexrelid::regclass::text as name from pg_index where indpred is not null')).rows.map((row) => row.name.replace(/^.*\./, '')),
  );
  logFile = path.join(path.dirname((await admin.query('show data_directory')).rows[0].data_directory), 'server.log');
  // Where an index can be used, its plan is now the cheapest, however few rows there are.
  const methods = ['seqscan', 'hashjoin', 'mergejoin', ...disabled].map((method) => `enable_${method} = off`);
  const logging = ['log_min_duration = 0', 'log_nested_statements = on', `log_format = 'json'`].map((setting) => `auto_explain.${setting}`);
  for (const setting of [`session_preload_libraries = 'auto_explain'`, ...methods, ...logging]) await admin.query(`alter database ${name} set ${setting}`);
  stage = await openStage(scratch, inDatabase(url, name));
}

async function closeDatabase(): Promise<void> {
  await closeStage(stage);
  await admin.end();
  await scratch.drop();
}

described('the statements of requests', () => {
  beforeAll(() => openDatabase());
  afterAll(closeDatabase);

  it('the log has the plan of a statement that reads a whole table', async () => {
    // Statements of jobs can be logged at the same time.
    expect(fullScans(await plansOf(() => stage.database.query('select name from teams')))).toContainEqual(expect.stringContaining('Scan of teams'));
  });

  it('no route that changes something reads a whole table', async () => {
    const plans = await plansOf(async () => {
      for (const [name, call] of Object.entries(calls)) if (name !== runningOfJob) await (await call(stage)).send((client) => client);
      for (const [name, call] of Object.entries(harmless)) if (name !== exportOfPerson) await call(stage, (client) => client);
      for (const { call } of Object.values(unrecorded)) await call(stage, (client) => client);
    });
    expect(plans.length).toBeGreaterThan(5000);
    expect(fullScans(plans)).toEqual([]);
  }, 300_000);

  it('no route that reads something reads a whole table', async () => {
    const answered = new Set<number>();
    const plans = await plansOf(async () => {
      for (const { method, path: route } of await stage.server.control.routes()) {
        if (method !== 'GET' || countingRoutes.includes(route)) continue;
        answered.add((await callerOf(route).get(route.startsWith('/api/v1') ? await pathOf(route) : `/${route}`)).status);
      }
    });
    expect([...answered].filter((status) => status >= 500)).toEqual([]);
    expect(plans.length).toBeGreaterThan(200);
    expect(fullScans(plans)).toEqual([]);
  }, 120_000);
});

described('the queue of webhooks', () => {
  let pool: PlatformPool;
  beforeAll(async () => {
    await openDatabase();
    pool = new PlatformPool({ connectionString: scratch.platform, max: 1 });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await closeDatabase();
  });

  it.each([
    [false, 'webhook_deliveries_due_idx', 'next_attempt_at <= '],
    [true, 'webhook_deliveries_order_idx', 'webhook_id = '],
  ])(
    'no statement reads all deliveries, however many are due (in order: %s)',
    async (ordered, index, condition) => {
      const { organizationId } = stage.owner;
      const { rows } = await admin.query<{ id: string }>(
        `with w as (insert into webhooks (organization_id, id, url, event_types, sent_types, signature, secret, ordered)
                  values ($1, gen_random_uuid(), 'https://example.com/', '{}', '{webhook.test}', 'symmetric', '\\x00', $2) returning id),
            q as (insert into webhook_queues (organization_id, id, due_at) select $1, id, now() from w),
            e as (insert into domain_events (organization_id, id, type, occurred_at, data) select $1, gen_random_uuid(), 'webhook.test', now(), '{}' from generate_series(1, 20000) returning id),
            d as (insert into webhook_deliveries (organization_id, id, webhook_id, event_id, event_type) select $1, gen_random_uuid(), w.id, e.id, 'webhook.test' from w, e)
       select id::text as id from w`,
        [organizationId, ordered],
      );
      await admin.query('analyze webhook_deliveries, webhook_queues, webhooks, domain_events');
      const now = new Date();
      const plans = await plansOf(async () => {
        const [turn] = await claimTurns(pool, { now, free: 40, freeSlow: 20, ofOrganization: 5, leaseMs: 60_000 });
        if (turn === undefined) throw new Error('No webhook is due.');
        expect(turn.id).toBe(rows[0]?.id);
        const begun = await beginAttempts(pool, turn, now, 20);
        expect(begun).toHaveLength(20);
        const [first, ...rest] = begun;
        if (first === undefined) throw new Error('No delivery is due.');
        const attempt = { startedAt: now, durationMs: 1, url: turn.url, headers: {}, result: 'accepted', status: 204, answer: null } as const;
        expect(await noteAttempt(pool, turn, first, attempt, { next: undefined, moment: now })).toBe(true);
        await noteHealth(pool, turn, true, now);
        await giveBack(pool, turn, rest);
        await endTurn(pool, turn, { slow: false, notBefore: now });
        expect((await readQueueState(pool, now)).pending).toBeGreaterThanOrEqual(19_999);
      });
      expect(plans.length).toBeGreaterThanOrEqual(7);
      expect(fullScans(plans)).toEqual([]);
      // What is not due yet is not read, however much it is.
      const conditionsOf = (name: string): string[] =>
        plans.flatMap(({ Plan }) => nodesOf(Plan).flatMap((node) => (node['Index Name'] === name ? [node['Index Cond'] ?? ''] : [])));
      const queued = conditionsOf('webhook_queues_due_idx');
      expect(queued.length).toBeGreaterThanOrEqual(3);
      expect(queued.filter((each) => !each.includes('due_at <= '))).toEqual([]);
      expect(conditionsOf(index)).toContainEqual(expect.stringContaining(condition));
      await admin.query('update webhook_queues set due_at = null');
    },
    120_000,
  );
});

described('the pages of lists', () => {
  beforeAll(async () => {
    await openDatabase('sort');
    // So that lists have a second page.
    for (const [name, call] of Object.entries(calls)) if (name.startsWith('create')) await (await call(stage)).send((client) => client);
  }, 60_000);
  afterAll(closeDatabase);

  it('no page is found by a sort of all rows, and each begins in an index, in any order of a list', async () => {
    let [first, later] = [0, 0];
    const faults = new Set<string>();
    const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;
    const places = new Places(document, stage.server, { owner: stage.owner, operator: stage.operator.api }, exampleOfBody);
    for (const { path: route, parameters } of operations) {
      const sort = parameters.find(({ name }) => name === 'sort');
      if (sort === undefined || route === computedOrder) continue;
      const { enum: orders } = resolve(sort.schema) as { readonly enum: readonly string[] };
      const list = await places.find(route);
      for (const order of orders) {
        const target = `${list.target}?sort=${order}&limit=1`;
        const answers: Answer[] = [];
        const sorted = (await plansOf(async () => void answers.push(await list.api.get(target)))).flatMap(sortedTablesOf);
        for (const table of sorted) faults.add(`${route}, ${order}: sorts ${table}`);
        if (answers[0]?.status !== 200) faults.add(`${route}, ${order}: answers ${answers[0]?.status}`);
        first += 1;
        const cursor = answers[0]?.body.nextCursor as string | null;
        if (cursor === null) continue;
        const column = order.replace('-', '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        const plans = await plansOf(() => list.api.get(`${target}&cursor=${cursor}`));
        if (!plans.some((plan) => beginsAt(column, plan))) faults.add(`${route}, ${order}: a later page reads those before`);
        later += 1;
      }
    }
    expect(first).toBeGreaterThan(40);
    expect(later).toBeGreaterThan(5);
    expect([...faults]).toEqual([]);
  }, 120_000);
});
