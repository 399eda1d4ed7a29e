import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/process.js';
import { Replicas } from '../support/replicas.js';
import { goodPassword } from '../support/world.js';

const day = 24 * 3_600_000;

let folder: string;
let replicas: Replicas;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-clock-'));
  replicas = await Replicas.start(1, { CATALOG: 'test/catalogs/add-ons.yaml' });
}, 60_000);
afterAll(async () => {
  await replicas.end();
  await rm(folder, { recursive: true, force: true });
});

interface State {
  readonly organizations: number;
  readonly users: number;
  readonly invoices: number;
  readonly statuses: string;
  readonly mails: number;
}

async function state(): Promise<State> {
  const [row] = await replicas.rows<State>(
    `select (select count(*)::int from organizations) as organizations, (select count(*)::int from users) as users, (select count(*)::int from invoices) as invoices,
            (select string_agg(organization_id || ' ' || status || ' ' || coalesce(past_due_since::text, ''), ',' order by organization_id) from subscriptions) as statuses,
            (select count(*)::int from mail_messages where status = 'failed') as mails`,
  );
  return row as State;
}

/** Starts a replica whose clock differs, and waits until it has done all jobs that are due. */
async function runJobsAt(shift: number): Promise<void> {
  const file = path.join(folder, 'shift');
  await writeFile(file, String(shift));
  await replicas.rows('delete from job_runs');
  const env = { ...replicas.env, JOBS_ENABLED: 'true', NODE_OPTIONS: '--import ./test/support/shifted-clock.mjs', SHIFTED_CLOCK: file };
  const wrong = await ServerProcess.start(env);
  const done = async (): Promise<string[]> => (await replicas.rows<{ job: string }>('select job from job_runs')).map(({ job }) => job);
  const jobs = await eventually(
    done,
    (names) => ['advance-subscriptions', 'end-unverified-accounts', 'erase-deleted-organizations', 'usage-purge'].every((name) => names.includes(name)),
    60_000,
  );
  expect(jobs).toContain('erase-deleted-organizations');
  await wrong.end('SIGTERM');
}

describe('a replica whose clock is wrong by 32 days', () => {
  it.each([
    ['ahead', 32 * day],
    ['behind', -32 * day],
  ])(
    'runs the jobs by the clock of the database when it is %s: it erases nothing early, issues no second invoice and sets nothing past due',
    async (_, shift) => {
      const owner = replicas.owner(0);
      const gone = await Promise.all([1, 2, 3].map((number) => owner.post('/organizations', { name: `Gone ${number}` })));
      const ids = gone.map(({ body }) => body.id as string);
      await replicas.rows(`update organizations set deleted_at = now(), erase_after = now() + interval '30 days' where id = any($1::uuid[])`, ids);
      const bought = await owner.patch(`${replicas.home}/subscription`, { plan: 'team', seats: 5 });
      expect(bought.status).toBe(200);
      const before = await state();
      expect(before.invoices).toBeGreaterThan(0);
      await runJobsAt(shift);
      expect(await state()).toEqual(before);
      const runs = await replicas.rows<{ late: boolean; status: string }>(`select abs(extract(epoch from started_at - now())) > 120 as late, status from job_runs`);
      expect(runs.filter(({ late, status }) => late || status !== 'done')).toEqual([]);
    },
    120_000,
  );
});

describe('what a replica stores whose clock is wrong by 32 days', () => {
  it.each([
    ['ahead', 32 * day],
    ['behind', -32 * day],
    ['ahead since a minute', 32 * day],
  ])(
    'has the times of the database when it is %s, and its tokens work on the others',
    async (when, shift) => {
      const file = path.join(folder, 'shift');
      const later = when.includes('since');
      await writeFile(file, String(later ? 0 : shift));
      const wrong = await ServerProcess.start({ ...replicas.env, NODE_OPTIONS: '--import ./test/support/shifted-clock.mjs', SHIFTED_CLOCK: file });
      await writeFile(file, String(shift));
      const who = { email: `${Math.random()}@example.com`, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } };
      const { status, body } = await new Client(wrong.url).post('/auth/signup', who);
      expect(status).toBe(201);
      const [there, here] = [new Client(wrong.url, body.accessToken), replicas.owner(0).as(body.accessToken)];
      expect((await there.post(`/organizations/${body.organization.id}/teams`, { name: 'Website' })).status).toBe(201);
      expect((await here.get('/organizations/current')).status).toBe(200);
      const { body: login } = await here.as(undefined).post('/auth/login', { email: who.email, password: goodPassword });
      expect((await there.as(login.accessToken).get('/organizations/current')).status).toBe(200);
      expect((await there.as(undefined).post('/auth/refresh', { refreshToken: login.refreshToken })).status).toBe(200);
      const tables = { users: 'id = $1', sessions: 'user_id = $1', organizations: 'id = $2', teams: 'organization_id = $2' };
      for (const [table, condition] of Object.entries(tables)) {
        const [row] = await replicas.rows<{ id: string; now: Date; created: Date }>(
          `select id, now() as now, created_at as created from ${table} where ${condition} and $1::uuid <> $2::uuid order by created_at desc limit 1`,
          body.user.id,
          body.organization.id,
        );
        const ages = [Number.parseInt(row?.id.replaceAll('-', '').slice(0, 12) ?? '', 16), row?.created.getTime() ?? Number.NaN].map((time) => (row?.now.getTime() ?? 0) - time);
        expect({ table, wrong: ages.filter((age) => !(Math.abs(age) < 60_000)) }).toEqual({ table, wrong: [] });
      }
      expect(await replicas.rows(`select id from sessions where user_id = $1 and expires_at not between now() and now() + interval '31 days'`, body.user.id)).toEqual([]);
      await wrong.end('SIGTERM');
    },
    60_000,
  );
});
