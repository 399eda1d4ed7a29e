import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { provisioningSteps, type ProvisioningResult } from '../../src/modules/operator/tenant-provisioning.policy.js';
import { TenantProvisioning } from '../../src/modules/operator/tenant-provisioning.service.js';
import { startTenantry, type Ended, type RunningCommand } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, testSecret, type TestServer } from '../support/server.js';

let folder: string;
let database: ScratchDatabase;
let look: pg.Client;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-provisioning-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: string[]): RunningCommand => {
  const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATA_DIR: folder, DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform };
  return startTenantry(env, ...args, '--json');
};

const tenantry = (...args: string[]): Promise<Ended> => start(...args).ended;

/** Another run, by the service that the command uses. */
async function again(slug: string): Promise<ProvisioningResult> {
  const { rows } = await look.query<{ id: string }>('select id from organizations where slug = $1', [slug]);
  return server.app.get(TenantProvisioning).provision(rows[0]?.id ?? '', {});
}

/** Everything that provisioning leaves, without what differs from run to run: ids, times, and the password. */
async function stateOf(slug: string): Promise<unknown> {
  const one = async (sql: string): Promise<unknown[]> => (await look.query(sql, [slug])).rows;
  return {
    tenant: await one(`select status::text, is_verified, plan from organizations where slug = $1`),
    admins: await one(`select m.role, u.name, u.email_verified_at is not null as verified, c.user_id is not null as password, u.default_organization_id = o.id as usual
                         from organizations o join memberships m on m.organization_id = o.id join users u on u.id = m.user_id left join credentials c on c.user_id = u.id where o.slug = $1`),
    documents: await one(`select d.section, d.document, d.version from settings_documents d join organizations o on o.id = d.organization_id where o.slug = $1 order by d.section`),
    mails: await one(`select template from mail_messages m join organizations o on o.id = m.organization_id where o.slug = $1`),
    steps: await one(`select p.step from provisioning_steps p join organizations o on o.id = p.organization_id where o.slug = $1 order by p.step`),
  };
}

/** A tenant as `tenant:create --skip-provision` leaves it. */
const make = (slug: string): Promise<unknown> =>
  look.query(`insert into organizations (id, name, slug, email, plan, status) values (gen_random_uuid(), 'School', $1, $2, 'free', 'pending')`, [slug, `${slug}@example.com`]);

describe('provisioning', () => {
  let whole: unknown;
  beforeAll(async () => {
    const made = await tenantry('tenant:create', '--name', 'School', '--slug', 'whole', '--email', 'whole@example.com');
    expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    whole = await stateOf('whole');
  }, 60_000);

  it('run once does all there is to do', () => {
    expect(whole).toMatchObject({
      tenant: [{ status: 'active', is_verified: true }],
      admins: [{ role: 'owner', verified: true, password: true, usual: true }],
      documents: [{ section: 'features' }, { section: 'settings' }],
      mails: [{ template: 'welcome' }],
      steps: provisioningSteps.toSorted().map((step) => ({ step })),
    });
  });

  it('run twice ends in the same state', async () => {
    expect((await tenantry('tenant:provision', 'whole')).code).toBe(0);
    expect(await stateOf('whole')).toEqual(whole);
  }, 60_000);

  it.each(provisioningSteps)(
    'killed (kill -9) in the step %s, and run again, ends in the same state',
    async (step) => {
      const slug = `killed-${step.replaceAll('_', '-')}`;
      await make(slug);
      // The step's transaction waits where its row is written, so the kill comes after the steps before it and before its own end.
      await database.alter(
        `create function hold_step() returns trigger language plpgsql as $$ begin if new.step = '${step}' then perform pg_sleep(60); end if; return new; end $$`,
        'grant execute on function hold_step() to tenantry_platform',
        'create trigger hold_step before insert on provisioning_steps for each row execute function hold_step()',
      );
      const run = start('tenant:provision', slug);
      const waiting = async (): Promise<number> =>
        (await look.query(`select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)).rows[0]?.pid ?? 0;
      let pid = 0;
      while (pid === 0) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        pid = await waiting();
      }
      run.kill();
      await run.ended;
      // The server notices the lost client when the sleep is over; that is not waited for.
      await look.query('select pg_terminate_backend($1)', [pid]);
      await database.alter('drop trigger hold_step on provisioning_steps', 'drop function hold_step()');
      const before = await stateOf(slug);
      expect(before).toMatchObject({
        steps: provisioningSteps
          .slice(0, provisioningSteps.indexOf(step))
          .toSorted()
          .map((done) => ({ step: done })),
      });
      expect(await again(slug)).toMatchObject({ status: 'success', errors: [] });
      expect(await stateOf(slug)).toEqual(whole);
    },
    60_000,
  );

  it('run by two processes at once ends in the same state', async () => {
    await make('both');
    const runs = await Promise.all([tenantry('tenant:provision', 'both'), tenantry('tenant:provision', 'both')]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.filter(({ out }) => out.includes('adminPassword'))).toHaveLength(1);
    expect(await stateOf('both')).toEqual(whole);
  }, 60_000);
});
