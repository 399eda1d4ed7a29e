import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore, type TenantryClient, type Tokens } from '@tenantry/sdk';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { runTenantry, startTenantry, type Ended } from '../../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { outcomeOf, sdkFor } from '../../support/sdk.js';
import { testSecret } from '../../support/secret.js';
import { startTestServer, type TestServer } from '../../support/server.js';

// The operator's part of a day on the toolboxai preset: the command line while a server runs, and the SDK for the school.

let folder: string;
let database: ScratchDatabase;
let server: TestServer;
let school: { id: string; slug: string; email: string; provisioning: { status: string; adminUserId: string; adminPassword: string } } & Record<string, unknown>;
let session: TenantryClient;
let admin: TenantryClient<true>;
const store = memoryStore();

const environment = (): Record<string, string> => ({
  NODE_ENV: 'test',
  APP_SECRET: testSecret,
  CATALOG: 'toolboxai',
  DATA_DIR: folder,
  DATABASE_URL: database.app,
  DATABASE_PLATFORM_URL: database.platform,
});
const tenantry = (...args: string[]): Promise<Ended> => startTenantry(environment(), ...args).ended;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-operator-'));
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'toolboxai', RATE_LIMITS_ENABLED: 'true' }, database);
});
afterAll(async () => {
  await server.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('the operator', () => {
  it('the operator creates a complete school with one command', async () => {
    const order =
      '--slug lincoln --email Office@Lincoln.example --tier education --trial-days 21 --max-users 300 --max-classes 40 --max-storage-gb 250 --limit roblox_sessions=80 ' +
      '--limit api_calls=90000 --display-name Lincoln --phone +1-555-0100 --website https://lincoln.example --timezone America/Chicago --locale en-US ' +
      '--admin-email principal@lincoln.example --json';
    const made = await tenantry('tenant:create', '--name', 'Lincoln School', '--description', 'A school', '--admin-username', 'Pat Principal', ...order.split(' '));
    expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    school = JSON.parse(made.out) as typeof school;
    expect(school).toMatchObject({
      slug: 'lincoln',
      email: 'office@lincoln.example',
      status: 'trial',
      plan: 'education',
      isVerified: true,
      phone: '+1-555-0100',
      timezone: 'America/Chicago',
    });
    expect(school['limits']).toEqual({ seats: 300, users: 300, classes: 40, storage_gb: 250, api_calls: 90_000, roblox_sessions: 80 });
    expect(school.provisioning).toMatchObject({ status: 'success', adminUserId: expect.any(String), adminPassword: expect.any(String) });
  });

  it('a repeated provisioning has the same summary without the password', async () => {
    const shown = await tenantry('tenant:show', 'lincoln');
    for (const text of [school.id, 'Lincoln School', 'lincoln', 'office@lincoln.example', 'trial', 'education', 'roblox_sessions 80', 'principal@lincoln.example'])
      expect(shown.out).toContain(text);
    expect(shown.out).not.toContain(school.provisioning.adminPassword);
  });

  it('the operator gets error messages with exit codes', async () => {
    const wrong: [string[], number, RegExp][] = [
      [['tenant:create', '--name', 'Other', '--slug', 'lincoln', '--email', 'a@b.example'], 1, /slug/],
      [['tenant:create', '--name', 'Other', '--slug', 'other', '--email', 'a@b.example', '--tier', 'gold'], 1, /free, basic, professional, enterprise, education/],
      [['tenant:create', '--name', 'Other', '--slug', 'other', '--email', 'a@b.example', '--limit', 'unicorns=1'], 1, /unicorns/],
      [['tenant:show', 'nowhere'], 3, /The tenant does not exist/],
      [['tenant:delete', 'lincoln', '--hard'], 2, /--yes/],
      [['tenant:deprovision', 'lincoln', '--skip-backup'], 2, /--yes/],
    ];
    for (const [args, code, message] of wrong) {
      const ended = await runTenantry(environment(), ...args);
      expect({ args, code: ended.code }).toEqual({ args, code });
      expect(ended.err).toMatch(message);
      expect(ended.err).not.toMatch(/ {4}at /);
    }
  }, 60_000);
});

describe('the school’s admin', () => {
  it('the admin of the school signs in with the printed password and finds the requested configuration', async () => {
    session = sdkFor(server.api.url, { store });
    await session.logIn({ body: { email: 'principal@lincoln.example', password: school.provisioning.adminPassword } });
    admin = session.forOrganization(school.id);
    expect(await session.getMe()).toMatchObject({
      role: 'owner',
      user: { id: school.provisioning.adminUserId, name: 'Pat Principal' },
      activeOrganization: { slug: 'lincoln' },
    });
    expect((await admin.getLimits()).data[0]).toMatchObject({ meter: 'users', limit: 300, used: 1 });
    expect((await admin.listFeatures()).available).toHaveLength(8);
    expect((await admin.createInvitations({ body: { email: server.world.email('teacher'), role: 'teacher' } })).data).toHaveLength(1);
  });

  it('suspending the school immediately blocks its admin, and activating it restores access', async () => {
    /** What happens to a call for which the session must be refreshed first. */
    const refreshed = async (): Promise<string> => {
      await store.set({ ...((await store.get()) as Tokens), expiresAt: 0 });
      return outcomeOf(session.getMe());
    };
    expect((await tenantry('tenant:suspend', 'lincoln', '--reason', 'unpaid')).code).toBe(0);
    expect(await outcomeOf(admin.createTeam({ body: { name: 'No' } }))).toBe('403 organization_suspended');
    expect((await admin.getOrganization()).slug).toBe('lincoln');
    expect(await refreshed()).toBe('403 organization_suspended');
    expect((await tenantry('tenant:activate', 'lincoln')).code).toBe(0);
    expect(await refreshed()).toBe('done');
    expect((await admin.createTeam({ body: { name: 'Yes' } })).name).toBe('Yes');
  }, 60_000);
});

describe('the end of the school here', () => {
  it('the backup of a deprovisioned school is restored completely in another database', async () => {
    const backup = path.join(folder, 'lincoln.zip');
    const shape = async (look: pg.Client): Promise<unknown> => {
      const one = async (sql: string): Promise<unknown[]> => (await look.query(sql, [school.id])).rows;
      return {
        organization: await one('select name, slug, plan, phone, timezone, trial_ends_at from organizations where id = $1'),
        members: await one(
          'select m.role, u.id, u.email, c.password_hash from memberships m join users u on u.id = m.user_id join credentials c on c.user_id = u.id where m.organization_id = $1 order by u.id',
        ),
        teams: await one('select * from teams where organization_id = $1 order by id'),
        invitations: await one('select * from invitations where organization_id = $1 order by id'),
        overrides: await one('select kind, key, units, available from entitlement_overrides where organization_id = $1 order by key'),
      };
    };
    const here = new pg.Client({ connectionString: database.platform });
    await here.connect();
    const before = await shape(here);
    await here.end();

    const ended = await tenantry('tenant:deprovision', 'lincoln', '--backup', backup, '--yes', '--json');
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({ id: school.id, backup });
    expect(await outcomeOf(admin.getOrganization())).toBe('403 organization_deleted');

    const elsewhere = await scratchDatabase();
    const other = await startTestServer({ CATALOG: 'toolboxai' }, elsewhere);
    const there = new pg.Client({ connectionString: elsewhere.platform });
    await there.connect();
    try {
      const restored = await startTenantry({ ...environment(), DATABASE_URL: elsewhere.app, DATABASE_PLATFORM_URL: elsewhere.platform }, 'tenant:import', backup).ended;
      expect({ code: restored.code, err: restored.err }).toEqual({ code: 0, err: '' });
      expect(await shape(there)).toEqual(before);
      const principal = sdkFor(other.api.url);
      await principal.logIn({ body: { email: 'principal@lincoln.example', password: school.provisioning.adminPassword } });
      expect(await principal.forOrganization(school.id).getOrganization()).toMatchObject({ slug: 'lincoln', status: 'trial' });
    } finally {
      await there.end();
      await other.close();
      await elsewhere.drop();
    }
  }, 90_000);
});
