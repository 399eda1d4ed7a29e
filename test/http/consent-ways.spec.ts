import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { runTenantry } from '../support/command.js';
import { testDatabase } from '../support/database.js';
import { origin, person, Scim } from '../support/directories/directories.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { IdentityProvider, visitProvider } from '../support/identity-provider.js';
import { presetWith } from '../support/preset.js';
import { testSecret } from '../support/secret.js';
import type { Person } from '../support/world.js';

const catalog = presetWith('toolboxai', [
  [['defaults', 'plan'], 'enterprise'],
  [['plans', 'enterprise', 'trialDays'], 0],
  [
    ['plans', 'enterprise', 'features'],
    ['sso', 'advanced_security'],
  ],
]);
let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let provider: IdentityProvider;
let folder: string;
beforeAll(async () => {
  const env = { CATALOG: catalog, SSO_ALLOW_LOOPBACK: 'true' };
  [server, replica, provider] = [await startTestServer(env), await startTestServer(env), await IdentityProvider.open('school')];
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-consent-'));
});
afterAll(async () => {
  await database.end();
  await replica.close();
  await server.close();
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

const codeOf = ({ status, body }: { status: number; body: { code?: string } | undefined }): string => `${status} ${body?.code ?? ''}`.trim();
const guardian = { guardianName: 'Mary Hopper', relation: 'mother' };

/** A school with a proved domain. */
async function school(): Promise<{ owner: Person; domain: string }> {
  const owner = await server.world.owner({ organization: server.world.unique('school'), verified: true });
  const domain = `${server.world.unique('school')}.example`;
  await database.query(
    `insert into domains (organization_id, id, kind, name, dns_token, grade, verified_at, updated_at) values ($1, gen_random_uuid(), 'email', $2, 'token', 'ownership', now(), now())`,
    [owner.organizationId, domain],
  );
  return { owner, domain };
}

const standingOf = async (owner: Person, userId: string): Promise<object> => {
  const { role, status } = (await owner.api.get(`${owner.home}/members/${userId}`)).body;
  return { role, status };
};
const waiting = { role: 'student', status: 'awaiting_consent' };

describe('a student who comes without an invitation waits for consent', () => {
  it('by a first single sign-on', async () => {
    const { owner, domain } = await school();
    const connection = { name: 'School', issuer: provider.issuer, clientId: 'tenantry', clientSecret: provider.clientSecret, defaultRole: 'student' };
    const { status, body } = await owner.api.post('/tenant/sso-connections', connection);
    expect({ status, body }).toMatchObject({ status: 201 });
    await database.query('update sso_connections set tested_at = now(), enabled = true where id = $1', [body.id]);
    const claims = { sub: server.world.unique('sub'), email: `grace@${domain}`, name: 'Grace' };
    const answer = await server.api.post(`/auth/sso/${body.id}/complete`, await visitProvider(server.api, provider, claims, `/auth/sso/${body.id}/start`));
    expect(answer.status).toBe(200);
    const api = server.api.as(answer.body.accessToken as string);
    expect(codeOf(await api.get('/tenant'))).toBe('403 awaiting_consent');
    const { user } = (await api.get('/auth/me')).body;
    expect(await standingOf(owner, user.id)).toEqual(waiting);
    expect((await owner.api.post(`${owner.home}/members/${user.id}/consents`, { ...guardian, textVersion: 'form-2026' })).status).toBe(201);
    expect((await api.get('/tenant')).status).toBe(200);
  });

  it('by a directory', async () => {
    const { owner, domain } = await school();
    const { body: directory } = await owner.api.post(`${owner.home}/directories`, { name: 'School', role: 'student' });
    const { body: token } = await owner.api.post(`${owner.home}/directories/${directory.id}/tokens`, {});
    const made = await new Scim(directory.id, token.token, origin(server)).post('/Users', person(domain, 'grace'));
    expect(made.status).toBe(201);
    const { rows } = await database.query<{ id: string }>('select id from users where email = $1', [`grace@${domain}`]);
    expect(await standingOf(owner, rows[0]?.id ?? '')).toEqual(waiting);
  });

  it('by an import, with the password of the other application', async () => {
    const { owner, domain } = await school();
    const file = path.join(folder, `${owner.slug}.csv`);
    const hash = 'pbkdf2_sha256$1000$c2FsdHNhbHQ$Yqm8cXoU2pQlHnZcJb4cHc2m1T8JXoYmF8pYl2m0b8E=';
    await writeFile(file, `email,name,emailVerified,organization,role,passwordHash\ngrace@${domain},Grace,true,${owner.slug},student,${hash}\n`);
    const { app, platform } = testDatabase();
    const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATA_DIR: folder, CATALOG: catalog, DATABASE_URL: app, DATABASE_PLATFORM_URL: platform };
    expect(await runTenantry(env, 'users:import', file, '--json')).toMatchObject({ code: 0, err: '' });
    const { rows } = await database.query<{ id: string }>('select id from users where email = $1', [`grace@${domain}`]);
    expect(await standingOf(owner, rows[0]?.id ?? '')).toEqual(waiting);
  });
});

describe('a second replica', () => {
  it('refuses the next request of a member whose guardian has withdrawn the consent, which it has answered before', async () => {
    const { owner } = await school();
    const pupil = await server.world.member(owner, 'student');
    const there: Client = pupil.api.on(replica.url);
    expect(codeOf(await there.get('/tenant'))).toBe('403 awaiting_consent');
    expect((await owner.api.post(`${owner.home}/members/${pupil.userId}/consents`, { ...guardian, textVersion: 'form-2026' })).status).toBe(201);
    expect((await there.get('/tenant')).status).toBe(200);
    expect((await owner.api.post(`${owner.home}/members/${pupil.userId}/consents/withdraw`, guardian)).status).toBe(204);
    expect((await there.get('/tenant')).status).toBe(401);
    expect((await owner.api.on(replica.url).get(`${owner.home}/members/${pupil.userId}`)).status).toBe(404);
  });
});
