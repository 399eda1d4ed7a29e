import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { eventually } from '../support/eventually.js';
import { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-process-'));
  // As root the database runs as another user, who must be able to enter its folder.
  await chmod(dataDir, 0o755);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const signup = { password: goodPassword, name: 'Ada', organization: { name: 'Acme' } };

describe('the server without any configuration', () => {
  it('without configuration the server uses an embedded database that survives SIGTERM, SIGINT and kill -9, and locks its folder', async () => {
    const first = await ServerProcess.start({ DATA_DIR: dataDir });
    expect(first.output).toContain('tenantry is ready at');
    const [, email = '', password = ''] = /shown only once\):\s+(\S+) {2}(\S+)/.exec(first.output) ?? [];
    const login = await new Client(first.url).post('/auth/login', { email, password });
    expect((await new Client(first.url, login.body.accessToken).get('/auth/me')).body.platformAdmin).toBe(true);
    expect((await new Client(first.url).post('/auth/signup', { ...signup, email: 'ada@example.com' })).status).toBe(201);

    const second = await ServerProcess.start({ DATA_DIR: dataDir });
    expect(second.exitCode).toBe(1);
    expect(second.output).toMatch(/another|already/i);

    expect(await first.end('SIGTERM')).toBe(0);
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
      const again = await ServerProcess.start({ DATA_DIR: dataDir });
      expect(again.output).not.toContain('shown only once');
      expect((await new Client(again.url).post('/auth/login', { email: 'ada@example.com', password: goodPassword })).status).toBe(200);
      expect(await again.end(signal)).toBe(signal === 'SIGKILL' ? null : 0);
    }
  }, 240_000);

  it('without configuration the server writes mail to files', async () => {
    const server = await ServerProcess.start({ DATA_DIR: dataDir, APP_URL: 'https://app.acme.test' });
    await new Client(server.url).post('/auth/signup', { ...signup, email: 'grace@example.com' });
    const folder = path.join(dataDir, 'mail');
    const received = async (): Promise<Email | undefined> => {
      const files = await readdir(folder).catch(() => []);
      const mails = await Promise.all(files.map(async (file) => PostalMime.parse(await readFile(path.join(folder, file)))));
      return mails.find(({ to }) => to?.[0]?.address === 'grace@example.com');
    };
    expect((await eventually(received, (mail) => mail !== undefined))?.text).toContain('https://app.acme.test/verify-email?token=');
    expect(await server.end('SIGTERM')).toBe(0);
  }, 60_000);
});

describe('the log', () => {
  it('the log is JSON with the ids of request, organization and user, and without secrets', async () => {
    const database = await scratchDatabase();
    const server = await ServerProcess.start({
      DATA_DIR: dataDir,
      DATABASE_URL: database.app,
      DATABASE_PLATFORM_URL: database.platform,
      LOG_LEVEL: 'debug',
      APP_SECRET: testSecret,
    });
    const api = new Client(server.url);
    const email = `log-${Date.now()}@example.com`;
    const { body } = await api.post('/auth/signup', { ...signup, email });
    const home = `/organizations/${body.organization.id}`;
    const signedIn = api.as(body.accessToken);
    await signedIn.get(`${home}/teams`, { headers: { 'x-request-id': 'request-in-the-log' } });
    await signedIn.post(`${home}/invitations`, { email: 'guest@example.com', role: 'member' });
    await api.post('/auth/login', { email, password: 'a wrong passphrase here' });
    await server.end('SIGTERM');
    await database.drop();
    const line = server.log.find(({ requestId }) => requestId === 'request-in-the-log');
    expect(line).toMatchObject({
      level: 'info',
      organizationId: body.organization.id,
      userId: body.user.id,
      actor: 'user',
      method: 'GET',
      route: '/api/v1/organizations/:organizationId/teams',
      status: 200,
      durationMs: expect.any(Number),
    });
    for (const secret of [goodPassword, 'a wrong passphrase here', body.accessToken, body.refreshToken, email, 'guest@example.com'])
      expect(JSON.stringify(server.log)).not.toContain(secret);
  }, 60_000);
});

describe('a configuration that cannot work', () => {
  it.each([
    [{ PORT: 'many' }, /PORT/],
    [{ DATABASE_URL: 'mysql://nope' }, /DATABASE_URL/],
    [{ APP_SECRET: 'short' }, /APP_SECRET/],
    [{ NODE_ENV: 'production' }, /APP_SECRET is not set/],
    [{ DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/x', DATABASE_WAIT: '0' }, /Cannot connect to the database at 127.0.0.1:1/],
    [{ NODE_ENV: 'production', APP_SECRET: testSecret }, /DATABASE_URL is not set/],
    [{ DATABASE_URL: testDatabase().app.replace(/:[^:@]+@/, ':wrong@') }, /Correct the user or the password in the URL of the database/],
    [{ DATA_DIR: path.resolve('package.json') }, /package.json is a file. Set DATA_DIR/],
    [{ DATA_DIR: '/proc/tenantry' }, /Set DATA_DIR to a folder/],
    [{ HOST: '198.51.100.7' }, /Set HOST to one of its addresses/],
    [{ DATABASE_PLATFORM_URL: 'postgresql://a:b@127.0.0.1:1/x' }, /DATABASE_URL is missing/],
  ])('the configuration %j stops the start, and the output says what to do', async (env, message) => {
    const server = await ServerProcess.start({ DATA_DIR: dataDir, ...env });
    expect(server.exitCode).toBe(1);
    expect(server.output).toMatch(message);
    expect(server.output).not.toMatch(/ {4}at |job done/);
  });

  it('a first start on a taken port says so in a line and creates no operator: the next start prints their password', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-taken-'));
    await chmod(folder, 0o755);
    const [other, port] = [createServer(), await freePort()];
    await once(other.listen(port, '127.0.0.1'), 'listening');
    const refused = await ServerProcess.start({ DATA_DIR: folder, PORT: String(port) });
    other.close();
    expect({ code: refused.exitCode, output: refused.output }).toEqual({
      code: 1,
      output: expect.stringMatching(/^Port \d+ of 127.0.0.1 is in use\. .* set PORT to another one.*\n$/),
    });
    const started = await ServerProcess.start({ DATA_DIR: folder });
    expect(started.output).toContain('shown only once');
    expect(await started.end('SIGTERM')).toBe(0);
    await rm(folder, { recursive: true });
  }, 60_000);

  it('the file .env of the working folder is read, except in production and in tests; the environment takes precedence', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-env-'));
    await writeFile(path.join(folder, '.env'), 'PORT=many\nHOST=nowhere.invalid\n');
    const output = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const child = spawn(process.execPath, [path.resolve('dist/main.js')], { cwd: folder, env: { PATH: process.env['PATH'], DATA_DIR: folder, ...env } });
      const [text] = await Promise.all([readText(child.stderr), once(child, 'close')]);
      return text;
    };
    expect(await output({})).toMatch(/PORT/);
    expect(await output({ PORT: '0' })).toMatch(/nowhere\.invalid/);
    expect(await output({ NODE_ENV: 'production' })).toMatch(/APP_SECRET is not set/);
    expect(await output({ NODE_ENV: 'test', APP_SECRET: 'short' })).not.toMatch(/PORT/);
    await rm(folder, { recursive: true });
  }, 60_000);

  it('the server does not start if the URL of the platform role is missing', async () => {
    const server = await ServerProcess.start({ DATA_DIR: dataDir, DATABASE_URL: testDatabase().app });
    expect(server.exitCode).toBe(1);
    expect(server.output).toMatch(/Set DATABASE_PLATFORM_URL too/);
  });
});
