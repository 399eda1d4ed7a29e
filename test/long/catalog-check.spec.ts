import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { AppConfig } from '../../src/config/app-config.js';
import { readAppSecret } from '../../src/config/app-secret.js';
import { loadEnv } from '../../src/config/env.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { Client } from '../support/client.js';
import { runTenantry, startTenantry, type Ended } from '../support/command.js';
import { Mailbox } from '../support/mailbox.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { World, type Person } from '../support/world.js';

const base = `product: Acme
defaults: { plan: free, role: member }
permissions:
  notes:read: See notes
  notes:write: Write notes
roles:
  owner: { rank: 100, permissions: ['*'] }
  admin: { rank: 80, inherits: member, permissions: [members:write, 'invitations:*'] }
  member: { rank: 20, permissions: [organization:read, notes:read, notes:write] }
  guest: { rank: 10, permissions: [notes:read] }
features:
  custom_roles: Custom roles
  beta: What is new
meters:
  users: { kind: gauge, tracks: members }
plans:
  free: { seats: 5, features: [custom_roles, beta], limits: { users: 5 }, rateLimit: { requests: 900, seconds: 60 } }
  pro: { seats: 50, inherits: free, limits: { users: 50 }, rateLimit: { requests: 900, seconds: 60 } }
  unused: { seats: 9, limits: { users: 9 }, rateLimit: { requests: 900, seconds: 60 } }
settings:
  weekly_reports: { type: boolean, default: true }
  theme: { type: string, default: light, allowed: [light, dark] }
`;

/** The catalog with lines that begin as given taken out, or replaced. */
function changed(...changes: readonly (readonly [from: string, to?: string])[]): string {
  return changes.reduce((text, [from, to = '']) => {
    const next = text.replace(new RegExp(`^  ${from}.*\n`, 'm'), () => (to === '' ? '' : `  ${to}\n`));
    if (next === text) throw new Error(`the catalog has no line "${from}"`);
    return next;
  }, base);
}

let folder: string;
let mailbox: Mailbox;
let database: ScratchDatabase;
let platform: pg.Pool;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-catalog-check-'));
  mailbox = await Mailbox.open();
});
afterAll(async () => {
  await mailbox.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await scratchDatabase();
  platform = new pg.Pool({ connectionString: database.platform, max: 1 });
});
afterEach(async () => {
  await platform.end();
  await database.drop();
});

const environment = (env: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  NODE_ENV: 'test',
  APP_SECRET: testSecret,
  DATA_DIR: path.join(folder, 'data'),
  DATABASE_URL: database.app,
  DATABASE_PLATFORM_URL: database.platform,
  APP_URL: 'https://app.tenantry.test',
  SMTP_URL: mailbox.url,
  RATE_LIMITS_ENABLED: 'false',
  LOAD_LIMITS_ENABLED: 'false',
  ...env,
});

/** Runs a command. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> => runTenantry(environment(env), ...args);

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, `${(Math.random() * 1e12).toFixed()}.yaml`);
  await writeFile(file, text);
  return file;
}

const check = async (text: string): Promise<Ended> => run(['catalog:check', await fileOf(text)]);

/** Starts the server on a catalog, as `npm start` does, in this process. */
async function start(text: string, env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const loaded = loadEnv(environment({ CATALOG: await fileOf(text), HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', ...env }));
  return startServer(loaded, new AppConfig(loaded, readAppSecret(loaded)), () => undefined);
}

/** Does something with a server on a catalog; it must start and end well. */
async function served(text: string, use: (world: World, api: Client) => Promise<void> = () => Promise.resolve(), env: Readonly<Record<string, string>> = {}): Promise<void> {
  const server = await start(text, env);
  try {
    const api = new Client(server.url);
    await use(new World(api, mailbox), api);
  } finally {
    await server.stop();
  }
}

const recorded = async (): Promise<number> => (await platform.query('select from catalog_versions')).rowCount ?? 0;

/** The rows that a check could have changed. */
async function everything(): Promise<unknown> {
  const tables = ['catalog_versions', 'organizations', 'memberships', 'invitations', 'domains', 'custom_roles', 'api_keys', 'settings_documents', 'mail_messages', 'users'];
  const contents = [];
  for (const table of tables) contents.push((await platform.query(`select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as sum, count(*) from ${table} t`)).rows);
  return contents;
}

function ok({ status, text }: { status: number; text: string }): void {
  if (status >= 300) throw new Error(`answered ${status}: ${text}`);
}

describe('the first catalog of a database', () => {
  it('the first start records the catalog once; catalog:check records nothing', async () => {
    expect(await check(base)).toEqual({
      code: 0,
      err: '',
      out: 'No catalog has been used with this database yet.\nThe catalog can be used: start the server with it.\n',
    });
    expect(JSON.parse((await run(['catalog:check', 'toolboxai', '--json'])).out)).toEqual({ changes: null, warnings: [], orphans: [] });
    expect(await recorded()).toBe(0);

    await served(base);
    await served(base);
    expect(await recorded()).toBe(1);
    expect((await check(`# a comment\n${base}`)).out).toBe('The catalog is the same as the catalog in use.\nThe catalog can be used: start the server with it.\n');
  }, 120_000);
});

describe('a changed catalog', () => {
  const next = changed(
    ['guest:', 'guest: { rank: 10, permissions: [notes:read, organization:read] }'],
    ['member:', 'member: { rank: 20, permissions: [organization:read, notes:read] }\n  editor: { rank: 40, permissions: [notes:write] }'],
    ['free:', 'free: { seats: 6, features: [custom_roles, beta], limits: { users: 7 }, rateLimit: { requests: 900, seconds: 60 } }'],
    ['unused:'],
    ['theme:', 'theme: { type: string, default: dark, allowed: [light, dark] }'],
  );
  const changes = [
    'role "admin": permissions removed: notes:write',
    'role "editor" was added',
    'role "guest": permissions added: organization:read',
    'role "member": permissions removed: notes:write',
    'plan "unused" was removed',
    'plan "free": seats changed from 5 to 6',
    'plan "free": limits changed from users 5 to users 7',
    'setting "theme": default changed from light to dark',
  ];

  it('a changed catalog is described, and accepted if no organization uses the removed keys', async () => {
    await served(base, async (world) => {
      await world.member(await world.owner(), 'guest');
    });
    const { code, out } = await check(next);
    expect(code).toBe(0);
    expect(out).toMatch(/^Changes:\n( {2}.+\n){8}The catalog can be used: start the server with it\.\n$/);
    for (const change of changes) expect(out).toContain(`\n  ${change}\n`);
    // The one at CATALOG, when none is named.
    const asJson = JSON.parse((await run(['catalog:check', '--json'], { CATALOG: await fileOf(next) })).out);
    expect({ ...asJson, changes: asJson.changes.sort() }).toEqual({ changes: changes.toSorted(), warnings: [], orphans: [] });
    expect(await recorded()).toBe(1);

    await served(next);
    expect(await recorded()).toBe(2);
    expect((await check(base)).out).toContain('role "editor" was removed');
    await served(base);
    expect(await recorded()).toBe(2);
    expect((await check(base)).out).toContain('The catalog is the same as the catalog in use.');
  }, 120_000);

  it('an unreadable or invalid catalog is refused with its position', async () => {
    const file = await fileOf(changed(['guest:', 'guest: { rank: 20, permissions: [notes:read] }']));
    const wrong = await run(['catalog:check', file]);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain(`${file}:10:`);
    expect(wrong.err).toContain('same rank');
    expect(wrong.err).not.toMatch(/\n\s+at /);
    expect(await run(['catalog:check', 'no-such-catalog'])).toMatchObject({ code: 1, err: expect.stringContaining('ENOENT') });
  }, 60_000);
});

describe('a catalog that lacks what is in use', () => {
  const withoutGuest = changed(['guest:']);
  const withoutPro = changed(['pro:']);
  const verdict = async (text: string): Promise<unknown> => {
    const { code, out } = await run(['catalog:check', '--json', await fileOf(text)]);
    return { code, ...JSON.parse(out) };
  };

  /** Every possible use of the role "guest" and the plan "pro", and an invitation that is no longer valid. */
  async function plant(world: World): Promise<void> {
    const [a, b] = await world.twoTenants();
    for (const owner of [a, a, b]) await world.member(owner, 'guest');
    for (const owner of [a, b]) await world.invitationToken(owner, world.email('invited'), 'guest');
    const revoked = await a.api.post(`${a.home}/invitations`, { email: world.email('revoked'), role: 'guest', delivery: 'link' });
    ok(await a.api.delete(`${a.home}/invitations/${revoked.body.data[0].id}`));
    const domain = await a.api.post('/tenant/domains', { kind: 'email', domain: 'school.example' });
    ok(await a.api.patch(`/tenant/domains/${domain.body.id}`, { joinRole: 'guest' }));
    await platform.query(`update organizations set plan = 'pro' where id = $1`, [a.organizationId]);
  }

  it('a catalog without keys in use is refused with the counts, by the check and by the start', async () => {
    await served(base, plant);
    const before = await everything();
    const lost = ['role "guest" of members (3)', 'role "guest" of pending invitations (2)', 'role "guest" of members who join through a domain (1)'];
    const lostPlan = 'plan "pro" of organizations (1)';

    const { code, out } = await check(withoutGuest);
    expect(code).toBe(1);
    expect(out).toContain(`In use but missing from the catalog:\n${lost.map((line) => `  ${line}\n`).join('')}The catalog cannot be used`);
    expect(await verdict(withoutPro)).toEqual({ code: 1, changes: ['plan "pro" was removed'], warnings: [], orphans: [lostPlan] });
    for (const [text, lines] of [
      [withoutGuest, lost],
      [withoutPro, [lostPlan]],
    ] as const) {
      await expect(start(text)).rejects.toThrow(`The catalog lacks entries that organizations use:\n${lines.map((line) => `  ${line}\n`).join('')}`);
    }
    // As processes, once: what an operator and an orchestrator see.
    const file = await fileOf(withoutGuest);
    const [checked, refused] = await Promise.all([startTenantry(environment(), 'catalog:check', file).ended, ServerProcess.start(environment({ CATALOG: file }))]);
    expect(checked).toEqual({ code: 1, err: '', out });
    expect(refused.exitCode).toBe(1);
    expect(refused.output).not.toContain('is ready');
    expect(refused.output).toContain(lost.map((line) => `  ${line}\n`).join(''));
    expect(refused.output).not.toMatch(/\n\s+at /);
    expect(await everything()).toEqual(before);

    await platform.query(`update memberships set role = 'member' where role = 'guest'`);
    expect(await verdict(withoutGuest)).toMatchObject({ code: 1, orphans: lost.slice(1) });
    await platform.query(`delete from domains`);
    expect(await verdict(withoutGuest)).toMatchObject({ code: 1, orphans: lost.slice(1, 2) });
    await platform.query(`update invitations set role = 'member' where status = 'pending'`);
    await served(withoutGuest);
  }, 180_000);
});

describe('a catalog that takes a meaning away', () => {
  it('a catalog that changes the meaning of a key is accepted with warnings', async () => {
    await served(base, async (world) => {
      const owner = await world.owner();
      for (const key of ['writer', 'editor']) ok(await owner.api.post(`${owner.home}/roles`, { key, name: key, permissions: ['notes:read', 'notes:write'] }));
      ok(await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['notes:write'] }));
      ok(await owner.api.patch('/tenant/settings', { theme: 'dark', weekly_reports: false }));
      ok(await owner.api.patch('/tenant/features', { feature: 'beta', enabled: false }));
    });
    const next = changed(
      ['notes:write:'],
      ['admin:', 'admin: { rank: 80, inherits: member, permissions: [members:write] }\n  editor: { rank: 50, permissions: [notes:read] }'],
      ['member:', 'member: { rank: 20, permissions: [organization:read, notes:read] }'],
      ['beta:'],
      ['free:', 'free: { seats: 5, features: [custom_roles], limits: { users: 5 }, rateLimit: { requests: 900, seconds: 60 } }'],
      ['theme:'],
    );
    const before = await everything();
    const { code, out } = await check(next);
    const warnings = [
      'custom role "editor" is hidden by a role of the catalog with the same key (1)',
      'permission "notes:write" of custom roles was removed (2)',
      'permission "notes:write" of API keys was removed (1)',
      'setting "theme" has values and was removed (1)',
      'feature "beta" was turned off and was removed (1)',
    ];
    expect(code).toBe(0);
    expect(out).toContain(`Warnings:\n${warnings.map((line) => `  ${line}\n`).join('')}The catalog can be used`);
    expect(await everything()).toEqual(before);
    await served(next);
  }, 120_000);
});

describe('secrets:rotate', () => {
  const [old, fresh] = ['an old secret of the tests which is long enough', 'a new secret of the tests which is long enough'];
  const rotate = async (env: Readonly<Record<string, string>>): Promise<{ code: number | null; results: Record<string, { resealed: number; unreadable: number }> }> => {
    const { code, out } = await run(['secrets:rotate', '--json'], env);
    const { results } = JSON.parse(out) as { results: { table: string; resealed: number; unreadable: number }[] };
    return { code, results: Object.fromEntries(results.map(({ table, resealed, unreadable }) => [table, { resealed, unreadable }])) };
  };

  it('secrets:rotate seals all data with the new secret, and sessions continue', async () => {
    let person: Person | undefined;
    const plant = async (world: World): Promise<void> => {
      person = await world.owner();
      ok(await person.api.patch('/tenant/integrations', { mailer: { secrets: { key: 'a secret of the integration' } } }));
    };
    await served(base, plant, { APP_SECRET: old });
    const nothing = { resealed: 0, unreadable: 0 };
    expect(await rotate({ APP_SECRET: fresh })).toMatchObject({
      code: 1,
      results: { signing_keys: { resealed: 0, unreadable: 1 }, integration_secrets: { resealed: 0, unreadable: 1 } },
    });
    const both = { APP_SECRET: fresh, APP_SECRET_PREVIOUS: old };
    expect(await rotate(both)).toMatchObject({ code: 0, results: { signing_keys: { resealed: 1, unreadable: 0 }, integration_secrets: { resealed: 1, unreadable: 0 } } });
    expect(await rotate(both)).toMatchObject({ code: 0, results: { signing_keys: nothing, integration_secrets: nothing, mail_messages: nothing } });
    await served(
      base,
      async (_, api) => {
        expect((await api.as(person?.accessToken).get('/auth/me')).body.user.id).toBe(person?.userId);
      },
      { APP_SECRET: fresh },
    );
  }, 120_000);
});
