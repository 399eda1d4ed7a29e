import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventsQuery } from '../../src/modules/audit/audit-log/audit-log.queries.js';
import type { AuditFilterQuery } from '../../src/modules/audit/audit-log/audit-log.dto.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

const [us, them] = [randomUUID(), randomUUID()];
const events = 200_000;
const somebody = randomUUID();

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: Plan[];
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

let database: ScratchDatabase;
let app: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const superuser = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(database.app).pathname }).href });
  await superuser.connect();
  // Most of it ours, some of it rare: one action, one actor, one target, one request, and a few refusals.
  await superuser.query(
    `insert into audit.events (organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, times, target_table, target_id, changes, actor_hash, details_hash, previous_hash, hash, actor_salt, actor_name, details_salt, details)
     select case when n % 10 = 0 then $2::uuid else $1::uuid end, gen_random_uuid(), n, timestamptz '2026-01-01' + n * interval '1 second', 'request-' || n, 'user',
            case when n % 5000 = 7 then $3 else 'user-' || n % 50 end, case when n % 5000 = 9 then 'rareAction' else 'action' || n % 20 end,
            case when n % 5000 = 11 then 'refused' else 'done' end, 1, 'teams', 'row-' || n, 1, '', '', '', '', '', 'name', '', '[]'
       from generate_series(1, $4::int) n`,
    [us, them, somebody, events],
  );
  await superuser.query('analyze audit.events');
  await superuser.end();
  app = new pg.Client({ connectionString: database.app });
  await app.connect();
  await app.query(`set app.current_organization_id = '${us}'`);
}, 120_000);
afterAll(async () => {
  await app.end();
  await database.drop();
});

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

async function explain(filter: AuditFilterQuery, before?: string): Promise<{ scans: string[]; blocks: number }> {
  const { text, values } = eventsQuery({ organizationId: us, filter, before, limit: 21 });
  const { rows } = await app.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, buffers, format json) ${text}`, values);
  const { Plan: plan } = (rows[0] as (typeof rows)[0])['QUERY PLAN'][0];
  const scans = nodes(plan).filter((node) => node['Node Type'] === 'Seq Scan');
  return { scans: scans.map((node) => node['Relation Name'] ?? ''), blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
}

describe(`a page of ${events} events`, () => {
  it.each<[string, AuditFilterQuery, string | undefined]>([
    ['the newest', {}, undefined],
    ['somewhere in the middle', {}, '100000'],
    ['the oldest', {}, '30'],
    ['of an action', { action: 'action3' }, undefined],
    ['of an action, in the middle', { action: 'action3' }, '100000'],
    ['of a rare action', { action: 'rareAction' }, undefined],
    ['of an action that is none', { action: 'nothing' }, undefined],
    ['of an actor', { actorId: somebody }, undefined],
    ['of a row', { targetId: 'row-100001' }, undefined],
    ['of what was refused', { outcome: 'refused' }, undefined],
    ['of a request', { requestId: 'request-100001' }, undefined],
    ['since a time', { from: '2026-01-02T00:00:00.000Z' }, undefined],
    ['until a time', { to: '2026-01-02T00:00:00.000Z' }, undefined],
    ['between two times', { from: '2026-01-01T12:00:00.000Z', to: '2026-01-01T12:01:00.000Z' }, undefined],
    ['of a rare action since a time', { action: 'rareAction', from: '2026-01-02T00:00:00.000Z' }, undefined],
  ])('a page of the audit log is found by an index: %s', async (_, filter, before) => {
    const { scans, blocks } = await explain(filter, before);
    expect(scans).toEqual([]);
    // 21 events with two further rows each, three or four blocks a look-up; a scan would read thousands.
    expect(blocks).toBeLessThan(600);
  });
});
