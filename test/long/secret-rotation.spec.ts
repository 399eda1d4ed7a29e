import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { createApp } from '../../src/app.setup.js';
import { AppConfig } from '../../src/config/app-config.js';
import { loadEnv } from '../../src/config/env.js';
import { DatabaseUrls } from '../../src/database/connect/database-urls.js';
import { SealedSecretsService, type RotationResult } from '../../src/database/sealed-secrets.service.js';
import { IntegrationsService } from '../../src/modules/settings/integrations/integrations.service.js';
import { TenantContext } from '../../src/tenancy/tenant-context.js';
import { Client } from '../support/client.js';
import { Mailbox } from '../support/mailbox.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { goodPassword } from '../support/world.js';
import { chained } from '../support/audit.js';

const [older, old, present] = [
  'the secret before the old one and long enough',
  'the old secret of this installation and long enough',
  'the new secret of this installation and long enough',
];
const credentials = { email: 'ada@example.com', password: goodPassword };

let database: ScratchDatabase;
let rows: pg.Pool;
let mailbox: Mailbox;
const running: NestFastifyApplication[] = [];
beforeEach(async () => {
  database = await scratchDatabase();
  rows = new pg.Pool({ connectionString: database.platform, max: 1 });
  // The drop of the database may end an idle connection first.
  rows.on('error', () => undefined);
  mailbox = await Mailbox.open();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
  await mailbox.close();
  await rows.end();
  await database.drop();
});

interface Running {
  readonly app: NestFastifyApplication;
  readonly api: Client;
}

/** A server of this installation under a secret. Without jobs, mail stays in the outbox. */
async function start(secret: string, previous: readonly string[] = [], jobs = false): Promise<Running> {
  const env = loadEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    APP_URL: 'https://app.tenantry.test',
    SMTP_URL: mailbox.url,
    DATABASE_POOL_SIZE: '3',
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    JOBS_ENABLED: String(jobs),
    APP_SECRET_PREVIOUS: previous.join(','),
  });
  const app = await createApp({ config: new AppConfig(env, secret), urls: new DatabaseUrls(database.app, database.platform) });
  await app.listen(0, '127.0.0.1');
  running.push(app);
  return { app, api: new Client(await app.getUrl()) };
}

/** Seals one thing of each kind: an integration's secret, a signing key, and a mail that is not delivered yet. */
async function sealUnder(secret: string): Promise<{ organizationId: string; accessToken: string }> {
  const { api } = await start(secret);
  const { body } = await api.post('/auth/signup', { ...credentials, name: 'Ada', organization: { name: 'Acme' } });
  const { status } = await api.as(body.accessToken).patch('/tenant/integrations', { slack: { secrets: { token: 'xoxb-integration' } } });
  expect(status).toBe(200);
  return { organizationId: body.organization.id, accessToken: body.accessToken };
}

const actor = { kind: 'job', name: 'test' } as const;
const integrationSecret = ({ app }: Running, organizationId: string): Promise<string | undefined> =>
  app.get(TenantContext).run({ organizationId, actor }, () => app.get(IntegrationsService).readSecret('slack', 'token'));
const signedBy = async ({ api }: Running): Promise<string | undefined> => decodeProtectedHeader((await api.post('/auth/login', credentials)).body.accessToken).kid;
const rotate = ({ app }: Running): Promise<RotationResult[]> => app.get(SealedSecretsService).rotate();
const moved = (results: readonly RotationResult[]): unknown =>
  Object.fromEntries(results.filter(({ resealed, unreadable }) => resealed + unreadable > 0).map(({ table, resealed, unreadable }) => [table, { resealed, unreadable }]));
const sealed = async (): Promise<unknown> =>
  (
    await rows.query(
      `select sealed as bytes from integration_secrets union all select private_key from signing_keys union all select content from mail_messages where content is not null order by 1`,
    )
  ).rows;
const all = { integration_secrets: { resealed: 1, unreadable: 0 }, signing_keys: { resealed: 1, unreadable: 0 }, mail_messages: { resealed: 1, unreadable: 0 } };

it('an answer to a request with an Idempotency-Key is repeated under the new secret, and not to another request', async () => {
  const signUp = (name: string): object => ({ ...credentials, name, organization: { name: 'Acme' } });
  const send = async ({ api }: Running, name: string): Promise<unknown> => {
    const { status, headers } = await api.with({ 'idempotency-key': 'one' }).post('/auth/signup', signUp(name));
    return [status, headers.get('idempotency-replayed')];
  };
  const before = await start(old);
  expect(await send(before, 'Ada')).toEqual([201, null]);
  const after = await start(present, [old]);
  expect([await send(after, 'Ada'), await send(after, 'Eve')]).toEqual([
    [201, 'true'],
    [422, null],
  ]);
});

describe('what an old APP_SECRET has sealed', () => {
  it('a server with APP_SECRET_PREVIOUS reads the values of the old secret', async () => {
    const { organizationId, accessToken } = await sealUnder(old);
    const server = await start(present, ['another secret that never sealed anything here', old], true);
    expect(await integrationSecret(server, organizationId)).toBe('xoxb-integration');
    expect(await signedBy(server)).toBe(decodeProtectedHeader(accessToken).kid);
    expect((await server.api.as(accessToken).get('/auth/me')).status).toBe(200);
    expect((await mailbox.waitFor(credentials.email, 'Confirm')).token).toBeDefined();
  });

  it('a server without the old secret signs with a new key, and old tokens still verify', async () => {
    const { organizationId, accessToken } = await sealUnder(old);
    const server = await start(present);
    await expect(integrationSecret(server, organizationId)).rejects.toThrow(/authenticate/);
    expect(await signedBy(server)).not.toBe(decodeProtectedHeader(accessToken).kid);
    expect((await server.api.as(accessToken).get('/auth/me')).status).toBe(200);
  });
});

describe('rotating', () => {
  it('rotation re-encrypts all values, after which the old secret can be removed', async () => {
    const { organizationId, accessToken } = await sealUnder(old);
    const before = await sealed();
    const both = await start(present, [old]);
    expect(moved(await rotate(both))).toEqual(all);
    expect(await sealed()).not.toEqual(before);
    const server = await start(present, [], true);
    expect(await integrationSecret(server, organizationId)).toBe('xoxb-integration');
    expect(await signedBy(server)).toBe(decodeProtectedHeader(accessToken).kid);
    expect((await mailbox.waitFor(credentials.email, 'Confirm')).token).toBeDefined();
    const behind = await start(old);
    await expect(integrationSecret(behind, organizationId)).rejects.toThrow(/authenticate/);
  });

  it('a rotation leaves one audit event in each organization and one on the platform, without secrets', async () => {
    const { organizationId } = await sealUnder(old);
    await rows.query(
      `insert into integration_secrets (organization_id, id, integration, name, sealed) select organization_id, gen_random_uuid(), integration, 'n' || n, sealed from integration_secrets, generate_series(1, 1200) n`,
    );
    const server = await start(present, [old]);
    const since = (await rows.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at;
    expect(moved(await server.app.get(TenantContext).runAsPlatform('cli secrets:rotate', () => rotate(server), { kind: 'operator' }))).toMatchObject({
      integration_secrets: { resealed: 1201 },
    });
    const events = await (
      await chained(rows)
    ).query('select e.organization_id, actor_kind, action, e.changes, e.details as listed from audit.events e where occurred_at > $1 order by 1 nulls last', [since]);
    const shown = { operation: 'update', before: { sealed: '[redacted]' }, after: { sealed: '[redacted]' } };
    expect(events.rows).toMatchObject([
      { organization_id: organizationId, actor_kind: 'operator', action: 'cli secrets:rotate', changes: 1201, listed: expect.arrayContaining([expect.objectContaining(shown)]) },
      { organization_id: null, actor_kind: 'operator', action: 'cli secrets:rotate', changes: 1, listed: [{ table: 'signing_keys' }] },
    ]);
  });

  it('a second rotation changes nothing', async () => {
    await sealUnder(old);
    const server = await start(present, [old]);
    await rotate(server);
    const after = await sealed();
    expect(moved(await rotate(server))).toEqual({});
    expect(moved(await rotate(await start(present)))).toEqual({});
    expect(await sealed()).toEqual(after);
  });

  it('concurrent rotations re-encrypt each value once', async () => {
    const { organizationId } = await sealUnder(old);
    const server = await start(present, [old]);
    const results = await Promise.all([1, 2, 3, 4].map(() => rotate(server)));
    const sum = (table: string): number => results.flat().reduce((total, result) => total + (result.table === table ? result.resealed : 0), 0);
    expect(Object.keys(all).map(sum)).toEqual([1, 1, 1]);
    expect(results.flat().every(({ unreadable }) => unreadable === 0)).toBe(true);
    expect(await integrationSecret(await start(present), organizationId)).toBe('xoxb-integration');
  });

  it('rotation processes several batches of rows and two previous secrets', async () => {
    const { organizationId } = await sealUnder(older);
    await rows.query(
      `insert into mail_messages (id, template, recipient, content, status) select gen_random_uuid(), template, recipient, content, 'failed' from mail_messages, generate_series(1, 1200)`,
    );
    expect(moved(await rotate(await start(old, [older])))).toEqual({ ...all, mail_messages: { resealed: 1201, unreadable: 0 } });
    await sealUnderAgain(old, organizationId);
    const server = await start(present, [old, older]);
    expect(moved(await rotate(server))).toMatchObject({ integration_secrets: { resealed: 2 }, mail_messages: { resealed: 1201, unreadable: 0 } });
    expect(await integrationSecret(server, organizationId)).toBe('xoxb-integration');
  });

  it('rotation counts and keeps values that no secret opens', async () => {
    await sealUnder(older);
    const before = await sealed();
    expect(moved(await rotate(await start(present, [old])))).toEqual(Object.fromEntries(Object.keys(all).map((table) => [table, { resealed: 0, unreadable: 1 }])));
    // The server has added a signing key under its own secret. What was sealed before is unchanged.
    expect(await sealed()).toEqual(expect.arrayContaining(before as unknown[]));
    expect(moved(await rotate(await start(present, [old, older])))).toEqual(all);
  });
});

async function sealUnderAgain(secret: string, organizationId: string): Promise<void> {
  const { api } = await start(secret);
  const { body } = await api.post('/auth/login', { ...credentials, organizationId });
  await api.as(body.accessToken).patch('/tenant/integrations', { jira: { secrets: { token: 'another' } } });
}
