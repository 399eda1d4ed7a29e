import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/process.js';
import { Replicas } from '../support/replicas.js';

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
