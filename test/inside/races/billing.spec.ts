import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer } from '../../support/client.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { rounds } from '../../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { goodPassword, type Person } from '../../support/world.js';

// Each race is run several times, over two applications, because one run may succeed by luck.

const times = rounds(2, 10);
const clock = new SetClock(new Date());
let database: ScratchDatabase;
let servers: TestServer[];
let look: pg.Pool;
beforeAll(async () => {
  database = await scratchDatabase();
  const env = { CATALOG: 'test/catalogs/billing.yaml', JOBS_ENABLED: 'false', DATABASE_POOL_SIZE: '12' };
  servers = [];
  for (let count = 0; count < 3; count += 1) servers.push(await startTestServer(env, database, { clock }));
  look = new pg.Pool({ connectionString: database.platform, max: 2 });
}, 120_000);
afterAll(async () => {
  await look.end();
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

const valueOf = async (sql: string, ...values: unknown[]): Promise<number> => Number((await look.query<{ count: string }>(sql, values)).rows[0]?.count);
const on = (index: number): TestServer => servers[index % 2] as TestServer;
const as = (who: Person, index: number) => on(index).api.as(who.accessToken);

/** Tries again when all connections wait for the one organization: 503 says so. */
async function persistently(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await call();
    if (answer.status !== 503 || tries === 20) return answer;
  }
}

async function teamOf(seats: number): Promise<Person> {
  const owner = await on(0).world.owner();
  const { status, text } = await owner.api.patch(`${owner.home}/subscription`, { plan: 'team', seats });
  if (status !== 200) throw new Error(text);
  return owner;
}

describe('seats', () => {
  it(`seats are never exceeded by concurrent purchases, reductions, invitations and acceptances (${times} rounds of 50)`, async () => {
    for (let round = 0; round < times; round += 1) {
      const owner = await teamOf(8);
      const tokens: string[] = [];
      for (let each = 0; each < 4; each += 1) tokens.push(await on(0).world.invitationToken(owner, on(0).world.email()));
      const buy = (index: number): Promise<Answer> => as(owner, index).patch(`${owner.home}/subscription`, { seats: 6 + (index % 7) });
      const invite = (index: number): Promise<Answer> => as(owner, index).post(`${owner.home}/invitations`, { email: on(0).world.email(), role: 'member', delivery: 'link' });
      const accept = (index: number): Promise<Answer> => on(index).api.post('/invitations/accept', { token: tokens[index % 4], name: 'Mel', password: goodPassword });
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => persistently(() => (index < 8 ? accept(index) : index % 3 === 0 ? buy(index) : invite(index)))));
      expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
      expect(answers.slice(0, 8).filter(({ status }) => status === 201)).toHaveLength(4);
      const [members, pending, seats] = await Promise.all([
        valueOf('select count(*) from memberships where organization_id = $1', owner.organizationId),
        valueOf(`select count(*) from invitations where organization_id = $1 and status = 'pending'`, owner.organizationId),
        valueOf('select seats as count from subscriptions where organization_id = $1', owner.organizationId),
      ]);
      expect(members).toBe(5);
      expect(members + pending).toBeLessThanOrEqual(seats);
    }
  }, 180_000);
});

describe('one subscription', () => {
  it('two concurrent purchases are charged once', async () => {
    for (let round = 0; round < times; round += 1) {
      const owner = await on(0).world.owner();
      const answers = await Promise.all([0, 1, 2, 3].map((index) => as(owner, index).patch(`${owner.home}/subscription`, { plan: 'pro' })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await valueOf('select count(*) from invoices where organization_id = $1', owner.organizationId)).toBe(1);
      const version = await valueOf('select version as count from subscriptions where organization_id = $1', owner.organizationId);
      const changes = await Promise.all(
        [4, 5].map((seats) => as(owner, seats).patch(`${owner.home}/subscription`, { plan: 'team', seats }, { headers: { 'if-match': `"v${version}"` } })),
      );
      expect(changes.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  }, 120_000);

  it('three replicas that run the job concurrently renew a subscription once', async () => {
    const owners = [await teamOf(3), await teamOf(4)];
    for (let round = 1; round <= times; round += 1) {
      clock.forward(31 * 24 * 3600 * 1000);
      await look.query(`update invoices set status = 'paid', paid_at = now() where status = 'open'`);
      const outcomes = await Promise.all(servers.map(({ app }) => runJob(app, 'advance-subscriptions', clock.now())));
      expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    }
    for (const { organizationId } of owners) {
      const periods = await look.query<{ start: Date; end: Date }>(
        'select period_start as start, period_end as end from invoice_lines where organization_id = $1 order by period_start',
        [organizationId],
      );
      expect(new Set(periods.rows.map(({ start }) => start.getTime())).size).toBe(periods.rows.length);
      for (const [index, { end }] of periods.rows.slice(0, -1).entries()) expect(periods.rows[index + 1]?.start).toEqual(end);
    }
  }, 120_000);
});
