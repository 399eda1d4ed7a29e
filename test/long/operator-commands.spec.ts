import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exitCodes } from '../../src/cli/exit-codes.js';
import { Client } from '../support/client.js';
import { runTenantry } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';

let folder: string;
let database: ScratchDatabase;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-operators-'));
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
});
afterAll(async () => {
  await server.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const envOf = (): Record<string, string> => ({
  NODE_ENV: 'test',
  APP_SECRET: testSecret,
  DATA_DIR: folder,
  DATABASE_URL: database.app,
  DATABASE_PLATFORM_URL: database.platform,
  DATABASE_OWNER_URL: database.owner,
});

async function tenantry(...args: string[]): Promise<{ code: number | null; answer: any }> {
  const { code, out } = await runTenantry(envOf(), ...args, '--json');
  return { code, answer: out === '' ? undefined : JSON.parse(out) };
}

describe('the commands of operators', () => {
  it('operators are added, listed and removed, but never the last one', async () => {
    const [first, second] = ['first@example.com', 'second@example.com'];
    const { userId } = (await tenantry('admin:create', '--email', first)).answer;
    const last = { code: exitCodes.conflict, answer: { error: { code: 'last_operator', message: expect.any(String) } } };
    expect(await tenantry('admin:remove', first, '--yes')).toEqual(last);
    expect(await tenantry('user:disable', userId, '--yes')).toEqual(last);
    await tenantry('admin:create', '--email', second);
    expect((await tenantry('admin:remove', second)).code).toBe(exitCodes.usage);
    expect((await tenantry('admin:list')).answer.data.map(({ email }: { email: string }) => email)).toEqual([first, second]);
    expect(await tenantry('admin:remove', second, '--yes')).toMatchObject({ code: exitCodes.done, answer: { email: second, removed: true } });
    expect(await tenantry('admin:remove', second, '--yes')).toMatchObject({ code: exitCodes.notFound, answer: { error: { code: 'operator_not_found' } } });
    expect(await tenantry('admin:add', second)).toMatchObject({ code: exitCodes.done, answer: { email: second, disabledAt: null } });
  });

  it('an operator who has lost the password gets a new one, which alone signs in', async () => {
    const email = 'forgetful@example.com';
    const { userId, password } = (await tenantry('admin:create', '--email', email)).answer;
    const { code, answer } = await tenantry('admin:password', email);
    expect({ code, answer }).toEqual({ code: exitCodes.done, answer: { userId, email, password: expect.stringMatching(/^[\w-]{32}$/) } });
    expect(answer.password).not.toBe(password);
    const { body } = await new Client(server.url).post('/auth/login', { email, password: answer.password });
    expect((await new Client(server.url, body.accessToken).get('/auth/me')).body).toMatchObject({ platformAdmin: true });
    expect((await new Client(server.url).post('/auth/login', { email, password })).status).toBe(401);
    expect((await tenantry('admin:password', userId, '--password', 'x')).code).toBe(exitCodes.failed);
  });

  it('a service key is created, listed, rotated and revoked', async () => {
    const { organizationId } = await server.world.owner();
    const status = async (key: string): Promise<number> => (await new Client(server.url).with({ 'x-api-key': key, 'x-tenant-id': organizationId }).get('/tenant')).status;
    const options = ['--name', 'Backend', '--scope', 'tenant:read', 'usage:report', '--expires', '2099-01-01T00:00:00Z', '--allowed-ip', '127.0.0.0/8', '--allowed-ip', '::1'];
    const { code, answer } = await tenantry('service-key:create', ...options, '--rate-limit', '600');
    const { id, key, ...rest } = answer;
    const made = { name: 'Backend', scopes: ['tenant:read', 'usage:report'], allowedIps: ['127.0.0.0/8', '::1'], rateLimit: 600, createdById: null };
    expect({ code, rest }).toMatchObject({ code: exitCodes.done, rest: { ...made, expiresAt: '2099-01-01T00:00:00.000Z' } });
    expect(await status(key)).toBe(200);
    const listed = (await tenantry('service-key:list')).answer.data;
    expect([listed.map((each: { id: string }) => each.id), JSON.stringify(listed).includes(key)]).toEqual([[id], false]);
    const rotated = (await tenantry('service-key:rotate', id, '--overlap', '0')).answer;
    expect([await status(key), await status(rotated.key)]).toEqual([401, 200]);
    expect((await tenantry('service-key:revoke', id)).code).toBe(exitCodes.usage);
    expect(await tenantry('service-key:revoke', id, '--yes')).toMatchObject({ code: exitCodes.done, answer: { id, revoked: true } });
    expect(await status(rotated.key)).toBe(401);
    expect(await tenantry('service-key:rotate', id)).toMatchObject({ code: exitCodes.notFound, answer: { error: { code: 'service_key_not_found' } } });
    expect((await tenantry('service-key:rotate', 'Backend')).code).toBe(exitCodes.usage);
    for (const wrong of [
      ['--scope', 'members:write'],
      ['--scope', 'usage:read', '--allowed-ip', '10.0.0.300'],
      ['--scope', 'usage:read', '--rate-limit', '0'],
      ['--scope', 'usage:read', '--expires', 'soon'],
      [],
    ])
      expect((await tenantry('service-key:create', '--name', 'Wrong', ...wrong)).code).toBe(exitCodes.usage);
  });

  it('tenant:create limits the meter that counts members, names the meters, and with --verbose prints its statements without values', async () => {
    const wanted = ['tenant:create', '--name', 'Verbose School', '--slug', 'verbose-school', '--email', 'office@verbose.example'];
    expect(await tenantry(...wanted, '--limit', 'desks=3')).toMatchObject({
      code: exitCodes.failed,
      answer: { error: { code: 'unknown_override', message: expect.stringContaining('seats, storage_gb, api_calls') } },
    });
    const { code, out, err } = await runTenantry(envOf(), ...wanted, '--max-users', '5', '--verbose');
    expect({ code, limits: /^ {2}limits +(.+)$/m.exec(out)?.[1] }).toEqual({ code: exitCodes.done, limits: 'seats 5, storage_gb 1, api_calls 10000' });
    expect(err).toMatch(/^ +\d+\.\d ms {2}insert into public\."organizations" /m);
    expect(err.split('\n').filter((line) => line !== '' && !/^ *\d+\.\d ms {2}\S/.test(line))).toEqual([]);
    expect(err).not.toContain('Verbose School');
    expect(await tenantry(...wanted)).toEqual({
      code: exitCodes.failed,
      answer: { error: { code: 'slug_taken', message: 'Another organization has this slug. Choose another one.', errors: expect.any(Array) } },
    });
  });

  it('a user is shown, disabled and enabled by id or address', async () => {
    const third = 'third@example.com';
    const { userId } = (await tenantry('admin:create', '--email', third)).answer;
    expect(await tenantry('user:show', 'Third@Example.com')).toMatchObject({
      code: exitCodes.done,
      answer: { id: userId, platformAdmin: true, disabledAt: null, memberships: [] },
    });
    expect(await tenantry('user:disable', third, '--yes')).toMatchObject({ code: exitCodes.done, answer: { id: userId, disabledAt: expect.any(String) } });
    expect(await tenantry('admin:add', third)).toMatchObject({ code: exitCodes.failed, answer: { error: { code: 'operator_not_eligible' } } });
    expect(await tenantry('user:enable', userId)).toMatchObject({ code: exitCodes.done, answer: { id: userId, disabledAt: null } });
    for (const [name, ...options] of [['user:show'], ['user:disable', '--yes'], ['user:enable'], ['admin:add'], ['admin:remove', '--yes']] as [string, ...string[]][]) {
      for (const nobody of ['nobody@example.com', randomUUID()]) {
        expect(await tenantry(name, nobody, ...options)).toMatchObject({ code: exitCodes.notFound, answer: { error: { code: 'user_not_found' } } });
      }
    }
  });
});
