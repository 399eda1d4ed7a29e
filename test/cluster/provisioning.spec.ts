import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { provisioningSteps, type ProvisioningResult } from '../../src/modules/tenants/provisioning/tenant-provisioning.policy.js';
import { TenantProvisioningService } from '../../src/modules/tenants/provisioning/tenant-provisioning.service.js';
import { startTenantry, type Ended, type RunningCommand } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { chained } from '../support/audit.js';

let folder: string;
let database: ScratchDatabase;
let look: pg.Pool;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-provisioning-'));
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
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
  return server.app.get(TenantProvisioningService).provisionTenant(rows[0]?.id ?? '', {});
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

/** The audit events of a tenant. */
const eventsOf = async (slug: string): Promise<unknown[]> =>
  (await (await chained(look)).query('select action from audit.events e join organizations o on o.id = e.organization_id where slug = $1 order by sequence', [slug])).rows;

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

  it('one run of provisioning completes every step', () => {
    expect(whole).toMatchObject({
      tenant: [{ status: 'active', is_verified: true }],
      admins: [{ role: 'owner', verified: true, password: true, usual: true }],
      documents: [{ section: 'features' }, { section: 'settings' }],
      mails: [{ template: 'welcome' }],
      steps: provisioningSteps.toSorted().map((step) => ({ step })),
    });
  });

  it('two runs of provisioning end in the same state, and one audit event covers creation and provisioning', async () => {
    expect((await tenantry('tenant:provision', 'whole')).code).toBe(0);
    expect(await stateOf('whole')).toEqual(whole);
    expect(await eventsOf('whole')).toEqual([{ action: 'cli tenant:create' }]);
  }, 60_000);

  describe('killed (kill -9)', () => {
    const slugOf = (step: string): string => `killed-${step.replaceAll('_', '-')}`;
    /** The connections of the runs that wait where their step is written. */
    const held = async (): Promise<number[]> =>
      (await look.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)).rows.map(({ pid }) => pid);

    // All are held at the same time, each in its own step, so that they run in parallel.
    beforeAll(async () => {
      await Promise.all(provisioningSteps.map((step) => make(slugOf(step))));
      await database.alter(
        `create function hold_step() returns trigger language plpgsql as $$ begin
           if exists (select from organizations where id = new.organization_id and slug = 'killed-' || replace(new.step, '_', '-')) then perform pg_sleep(120); end if;
           return new; end $$`,
        'grant execute on function hold_step() to tenantry_platform',
        'create trigger hold_step before insert on provisioning_steps for each row execute function hold_step()',
      );
      const runs = provisioningSteps.map((step) => start('tenant:provision', slugOf(step)));
      expect(await eventually(held, (pids) => pids.length === runs.length, 50_000)).toHaveLength(runs.length);
      for (const run of runs) run.kill();
      await Promise.all(runs.map(({ ended }) => ended));
      // The server notices the lost client when the sleep is over; that is not waited for.
      for (const pid of await held()) await look.query('select pg_terminate_backend($1)', [pid]);
      await database.alter('drop trigger hold_step on provisioning_steps', 'drop function hold_step()');
    }, 60_000);

    it.each(provisioningSteps)('provisioning that is killed in the step %s leaves no trace, and the next run completes it', async (step) => {
      expect(await stateOf(slugOf(step))).toEqual({ tenant: [{ status: 'pending', is_verified: false, plan: 'free' }], admins: [], documents: [], mails: [], steps: [] });
      expect((await look.query('select from users where email = $1', [`${slugOf(step)}@example.com`])).rowCount).toBe(0);
      expect(await again(slugOf(step))).toMatchObject({ status: 'success', errors: [], adminPassword: expect.any(String) });
      expect(await stateOf(slugOf(step))).toEqual(whole);
    });
  });

  it.each(provisioningSteps.slice(1))('provisioning whose step %s fails keeps the other steps in one event, and the next run completes it', async (step) => {
    const slug = `failed-${step.replaceAll('_', '-')}`;
    await make(slug);
    await database.alter(
      `create function fail_step() returns trigger language plpgsql as $$ begin if new.step = '${step}' then raise 'the disk is full'; end if; return new; end $$`,
      'grant execute on function fail_step() to tenantry_platform',
      'create trigger fail_step before insert on provisioning_steps for each row execute function fail_step()',
    );
    const first = await again(slug);
    await database.alter('drop trigger fail_step on provisioning_steps', 'drop function fail_step()');
    const others = provisioningSteps.filter((name) => name !== step);
    expect(first).toMatchObject({ status: 'partial_success', errors: [{ step, code: 'internal_error' }], stepsCompleted: others });
    expect('adminPassword' in first).toBe(step !== 'admin_user');
    expect(await stateOf(slug)).toMatchObject({ steps: others.toSorted().map((name) => ({ step: name })), admins: { length: step === 'admin_user' ? 0 : 1 } });
    expect(await eventsOf(slug)).toHaveLength(2);
    expect(await again(slug)).toMatchObject({ status: 'success', errors: [] });
    expect(await eventsOf(slug)).toHaveLength(3);
    // Without an admin, the welcome mail goes to the tenant's address; the mail is the same.
    expect(await stateOf(slug)).toEqual(whole);
  });

  it('concurrent runs of provisioning end in the same state', async () => {
    await make('both');
    const runs = await Promise.all([tenantry('tenant:provision', 'both'), tenantry('tenant:provision', 'both')]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.filter(({ out }) => out.includes('adminPassword'))).toHaveLength(1);
    expect(await stateOf('both')).toEqual(whole);
    expect(await eventsOf('both')).toEqual([{ action: 'sql' }, { action: 'cli tenant:provision' }]);
  }, 60_000);
});
