import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import type { Answer, Client } from '../../support/client.js';
import { runJob, SetClock } from '../../support/jobs.js';
import { itInBothRuns, rounds } from '../../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { goodPassword, type Person } from '../../support/world.js';
import { tagOf } from '../../support/versions.js';

// Each race is run several times, over two applications, because one run may succeed by luck.

const times = rounds(2, 10);
const crowd = rounds(30, 50);
const buyers = rounds(8, 20);
const clock = new SetClock(new Date());
let database: ScratchDatabase;
let servers: TestServer[];
let look: pg.Pool;
let operatorToken: string;
beforeAll(async () => {
  database = await scratchDatabase();
  const env = { CATALOG: 'test/catalogs/billing.yaml', JOBS_ENABLED: 'false', DATABASE_POOL_SIZE: '12' };
  servers = [];
  for (let count = 0; count < 3; count += 1) servers.push(await startTestServer(env, database, { clock }));
  look = new pg.Pool({ connectionString: database.platform, max: 2 });
  const credentials = { email: 'operator@example.com', password: 'a long operator passphrase' };
  await on(0).app.get(PlatformAdminsService).createFirstPlatformAdmin(credentials.email, credentials.password);
  operatorToken = (await on(0).api.post('/auth/login', credentials)).body.accessToken;
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
  itInBothRuns(
    `seats are never exceeded by concurrent purchases, reductions, invitations and acceptances (${times} rounds of ${crowd})`,
    async () => {
      for (let round = 0; round < times; round += 1) {
        const owner = await teamOf(8);
        const tokens: string[] = [];
        for (let each = 0; each < 4; each += 1) tokens.push(await on(0).world.invitationToken(owner, on(0).world.email()));
        const buy = (index: number): Promise<Answer> => as(owner, index).patch(`${owner.home}/subscription`, { seats: 6 + (index % 7) });
        const invite = (index: number): Promise<Answer> => as(owner, index).post(`${owner.home}/invitations`, { email: on(0).world.email(), role: 'member', delivery: 'link' });
        const accept = (index: number): Promise<Answer> => on(index).api.post('/invitations/accept', { token: tokens[index % 4], name: 'Mel', password: goodPassword });
        const answers = await Promise.all(
          Array.from({ length: crowd }, (_, index) => persistently(() => (index < 8 ? accept(index) : index % 3 === 0 ? buy(index) : invite(index)))),
        );
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
    },
    180_000,
  );
});

describe('one subscription', () => {
  itInBothRuns(
    'two concurrent purchases are charged once',
    async () => {
      for (let round = 0; round < times; round += 1) {
        const owner = await on(0).world.owner();
        // Each has a key of its own, so its last COMMIT waits for its answer.
        const buy = (index: number): Promise<Answer> =>
          as(owner, index)
            .with({ 'idempotency-key': `purchase ${index}` })
            .patch(`${owner.home}/subscription`, { plan: 'pro' });
        const answers = await Promise.all([0, 1, 2, 3].map(buy));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        expect(await valueOf('select count(*) from invoices where organization_id = $1', owner.organizationId)).toBe(1);
        const version = await valueOf('select version as count from subscriptions where organization_id = $1', owner.organizationId);
        const changes = await Promise.all(
          [4, 5].map((seats) => as(owner, seats).patch(`${owner.home}/subscription`, { plan: 'team', seats }, { headers: { 'if-match': tagOf(version, owner) } })),
        );
        expect(changes.map(({ status }) => status).sort()).toEqual([200, 412]);
      }
    },
    120_000,
  );

  it('an invoice that 20 callers close, and a purchase that 20 callers approve, take effect once', async () => {
    const owner = await teamOf(2);
    const [invoice] = (await owner.api.get(`${owner.home}/invoices`)).body.data;
    const path = `/tenants/${owner.organizationId}`;
    const operators = [0, 1].map((index) => on(index).api.as(operatorToken));
    const calls = Array.from({ length: 20 }, (_, index) => {
      const api = operators[index % 2] as Client;
      return persistently(() =>
        index % 4 < 2 ? api.post(`${path}/invoices/${invoice.id}/credit-notes`, {}) : api.post(`${path}/invoices/${invoice.id}/close`, { status: 'paid' }),
      );
    });
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
    // Either it was given back as a whole, and so paid, or paid and then given back as a whole: once each.
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(await valueOf('select sum(total) as count from credit_notes where organization_id = $1', owner.organizationId)).toBe(2000);
    const settled = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        persistently(() => (operators[index % 2] as Client).post(`${path}/balance-settlements`, { currency: 'EUR', amount: 900, method: 'paid_out', reason: 'Race' })),
      ),
    );
    const balance = await valueOf('select sum(settled_balance) as count from credit_notes where organization_id = $1', owner.organizationId);
    expect(settled.filter(({ status }) => status === 201)).toHaveLength(Math.floor(balance / 900));
    expect(settled.filter(({ status }) => status !== 201 && status !== 422)).toEqual([]);
    const other = await on(0).world.owner();
    await look.query(`insert into pending_purchases (organization_id, plan, interval, currency, requested_at) values ($1, 'pro', 'month', 'EUR', now())`, [other.organizationId]);
    const decided = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        persistently(() => (operators[index % 2] as Client).post(`/tenants/${other.organizationId}/subscription/${index % 4 === 3 ? 'decline' : 'approve'}`)),
      ),
    );
    expect(decided.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect(await valueOf('select count(*) from invoices where organization_id = $1', other.organizationId)).toBeLessThanOrEqual(1);
  }, 120_000);

  itInBothRuns(
    `purchases of ${buyers} organizations on two replicas, with a job that renews others, are numbered without gaps`,
    async () => {
      const owners: Person[] = [];
      for (let count = 0; count < buyers; count += 1) owners.push(await on(0).world.owner());
      clock.forward(31 * 24 * 3600 * 1000);
      const buy = (owner: Person, index: number): Promise<Answer> =>
        persistently(() => as(owner, index).patch(`${owner.home}/subscription`, { plan: 'team', seats: 1 + (index % 3) }));
      const [outcome, ...answers] = await Promise.all([runJob((servers[2] as TestServer).app, 'advance-subscriptions', clock.now()), ...owners.map(buy)]);
      expect(outcome).toMatchObject({ outcome: 'done', result: { failed: 0 } });
      expect(answers.map(({ status }) => status)).toEqual(owners.map(() => 200));
      // Changes in the period give back and charge, which takes a number of each series.
      const more = await Promise.all(owners.map((owner, index) => persistently(() => as(owner, index + 1).patch(`${owner.home}/subscription`, { seats: 9 }))));
      expect(more.map(({ status }) => status)).toEqual(owners.map(() => 200));
      for (const [table, series] of [['invoices', 'invoice'] as const, ['credit_notes', 'credit_note'] as const]) {
        const { rows } = await look.query<{ number: string }>(`select number from ${table}`);
        const numbers = rows.map(({ number }) => Number(/-(\d+)$/.exec(number)?.[1])).sort((one, other) => one - other);
        expect(numbers).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1));
        expect(await valueOf('select last as count from document_series where key = $1', series)).toBe(rows.length);
      }
    },
    120_000,
  );

  itInBothRuns(
    'three replicas that run the job concurrently renew a subscription once',
    async () => {
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
    },
    120_000,
  );
});
