import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { ServerProcess } from '../support/process.js';
import { hasOwnRedis, startRedis } from '../support/redis.js';
import { testSecret } from '../support/secret.js';
import { smallDisk, unmount } from '../support/small-disk.js';
import { goodPassword } from '../support/world.js';

let postgres: OwnPostgres;
const servers: ServerProcess[] = [];

const environment = (): Record<string, string> => ({
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  APP_SECRET: testSecret,
  APP_URL: 'https://app.tenantry.test',
  DATABASE_URL: postgres.urls.app,
  DATABASE_PLATFORM_URL: postgres.urls.platform,
  PLATFORM_ADMIN_PASSWORD: goodPassword,
  RATE_LIMITS_ENABLED: 'false',
  LOAD_LIMITS_ENABLED: 'false',
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({ ...environment(), ...env });
  servers.push(server);
  return server;
}

async function signUp({ url, output }: ServerProcess): Promise<Client> {
  const who = { email: `owner-${Math.random()}@example.com`, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } };
  const { status, body, text } = await new Client(url).post('/auth/signup', who);
  if (status !== 201) throw new Error(`signup answered ${status}: ${text}\n${output}`);
  return new Client(url, body.accessToken);
}

const ready = ({ url }: ServerProcess): Promise<Answer> => new Client(url).get('//health/ready');
const current = (owner: Client): Promise<number> => owner.get('/organizations/current').then(({ status }) => status);

beforeAll(async () => {
  postgres = await OwnPostgres.start();
}, 60_000);
afterEach(async () => {
  postgres.thaw();
  await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
});
afterAll(() => postgres.end());

describe('the start', () => {
  it('a server that starts before its database waits for it, and says so', async () => {
    await postgres.stop();
    const server = await ServerProcess.launch(environment());
    servers.push(server);
    const output = await eventually(
      async () => server.output,
      (text) => text.includes('Waiting up to 60 seconds for the database'),
      40_000, // a start on a busy machine
    );
    expect(output).toContain('Waiting up to 60 seconds for the database');
    await postgres.startAgain();
    await server.started();
    expect((await ready(server)).status).toBe(200);
  }, 60_000);

  it('a server that waits for its database ends at once when it is asked to', async () => {
    const server = await ServerProcess.launch({ ...environment(), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    servers.push(server);
    await eventually(
      async () => server.output,
      (text) => text.includes('Waiting up to 60 seconds for the database'),
      40_000, // a start on a busy machine
    );
    const began = performance.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
  }, 60_000);

  it('a server whose database does not appear in time ends with the reason', async () => {
    const server = await start({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', DATABASE_WAIT: '10' });
    expect(server.exitCode).toBe(1);
    expect(server.log.map(({ level }) => level)).toEqual(['warn', 'fatal']);
  }, 60_000);

  it('what a server prints in production is JSON', async () => {
    const server = await start({ PLATFORM_ADMIN_PASSWORD: '' });
    await server.end('SIGTERM');
    const lines = server.output.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    expect(server.log.find(({ msg }) => String(msg).includes('is ready'))).toMatchObject({ level: 'info', url: server.url, database: 'external' });
  }, 60_000);
});

describe('the end', () => {
  it('a server that gets SIGTERM is not ready, and answers requests until the delay is over', async () => {
    const server = await start({ SHUTDOWN_DELAY: '5' });
    const owner = await signUp(server);
    expect((await ready(server)).status).toBe(200);
    const began = performance.now();
    const ending = server.end('SIGTERM');
    expect(
      (
        await eventually(
          () => ready(server),
          ({ status }) => status === 503,
        )
      ).body.code,
    ).toBe('not_ready');
    const answered: { at: number; status: number; connection: string | null }[] = [];
    for (;;) {
      const answer = await owner.get('/organizations/current').catch(() => undefined);
      if (answer === undefined) break;
      answered.push({ at: performance.now() - began, status: answer.status, connection: answer.headers.get('connection') });
    }
    expect(await ending).toBe(0);
    expect(answered.at(-1)?.at).toBeGreaterThan(4500);
    expect(answered.filter(({ at, status, connection }) => at < 4900 && (status !== 200 || connection !== 'close'))).toEqual([]);
  }, 60_000);

  it('a request that arrives while the server closes is answered', async () => {
    const server = await start();
    const owner = await signUp(server);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await once(socket, 'connect');
    // The connection is not idle while it has a part of a request.
    socket.write(`GET /api/v1/organizations/current HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${owner.token}\r\n`);
    await current(owner);
    const ending = server.end('SIGTERM');
    await eventually(
      () => current(owner).catch(() => 'closed'),
      (outcome) => outcome === 'closed',
    );
    socket.write('\r\n');
    await once(socket, 'close');
    expect(answer.split('\r\n', 1)).toEqual(['HTTP/1.1 200 OK']);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(await ending).toBe(0);
  }, 60_000);

  it('a server whose database hangs ends within its bound', async () => {
    const server = await start();
    const owner = await signUp(server);
    postgres.freeze();
    void owner.patch('/organizations/current', { name: 'Never' }).catch(() => undefined);
    const began = performance.now();
    expect(await server.end('SIGTERM')).not.toBeNull();
    expect(performance.now() - began).toBeLessThan(35_000);
  }, 60_000);
});

describe('a clock that is wrong', () => {
  it('a replica whose clock differs from that of the database is not ready', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-clock-'));
    const clock = path.join(folder, 'shift');
    await writeFile(clock, '60000');
    const server = await start({ NODE_OPTIONS: '--import ./test/support/shifted-clock.mjs', SHIFTED_CLOCK: clock });
    const { status, body } = await ready(server);
    const problem = expect.stringMatching(/^has a clock that differs by (59|60) seconds/);
    expect({ status, checks: body.checks }).toEqual({ status: 503, checks: { database: problem, platform_database: problem } });
    await writeFile(clock, '0');
    expect((await ready(server)).status).toBe(200);
    await rm(folder, { recursive: true });
  }, 60_000);
});

const withRedis = hasOwnRedis ? describe : describe.skip;

withRedis(`Redis${hasOwnRedis ? '' : ' (skipped: redis-server is not installed)'}`, () => {
  it('a Redis that hangs delays one request, and is used again when it answers', async () => {
    const redis = await startRedis();
    const server = await start({ REDIS_URL: redis.url, RATE_LIMITS_ENABLED: 'true', METRICS_TOKEN: 'a token of the metrics' });
    const owner = await signUp(server);
    const metric = async (name: string): Promise<string | undefined> => {
      const { text } = await new Client(server.url).get('//metrics', { headers: { authorization: 'Bearer a token of the metrics' } });
      return new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    };
    expect(await current(owner)).toBe(200);
    expect(await metric('tenantry_redis_up')).toBe('1');
    redis.signal('SIGSTOP');
    for (let request = 0; request < 20; request += 1) expect(await current(owner)).toBe(200);
    // Only one request has asked it and waited.
    expect([await metric('tenantry_redis_up'), await metric('tenantry_redis_failures_total')]).toEqual(['0', '1']);
    redis.signal('SIGCONT');
    expect(
      await eventually(
        () => metric('tenantry_redis_up'),
        (up) => up === '1',
      ),
    ).toBe('1');
    expect(await current(owner)).toBe(200);
    await server.end('SIGTERM');
    expect(server.log.filter(({ source, level }) => source === 'Redis' && level === 'warn')).toHaveLength(1);
    await redis.stop();
  }, 60_000);

  it('a Redis that accepts connections and never answers delays neither the start nor requests', async () => {
    const silent: Server = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const server = await start({ REDIS_URL: `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`, RATE_LIMITS_ENABLED: 'true' });
    const owner = await signUp(server);
    const before = performance.now();
    for (let request = 0; request < 10; request += 1) expect(await current(owner)).toBe(200);
    expect(performance.now() - before).toBeLessThan(5000);
    expect(await server.end('SIGTERM')).toBe(0);
    silent.close();
  }, 60_000);
});

describe('services that receive requests and never answer', () => {
  /** The status and the code of an answer, which must come within 20 seconds. */
  async function outcome(call: () => Promise<Answer>): Promise<unknown> {
    const began = performance.now();
    const { status, body, headers } = await call();
    return { status, code: body.code, retryAfter: headers.get('retry-after'), inTime: performance.now() - began < 20_000 };
  }

  it('a name server fails the verification of a domain in time', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const server = await start({ DNS_SERVERS: `127.0.0.1:${silent.address().port}` });
    const owner = await signUp(server);
    await postgres.run(`update organizations set plan = 'pro'`);
    const { body } = await owner.post('/tenant/domains', { kind: 'host', domain: 'learn.example.org' });
    expect(await outcome(() => owner.post(`/tenant/domains/${body.id}/verify`))).toEqual({ status: 503, code: 'dns_unavailable', retryAfter: '1', inTime: true });
    silent.close();
  }, 60_000);

  it.each<[string, string | undefined]>([
    ['says nothing', undefined],
    ['sends its headers byte by byte', 'HTTP/1.1 200 OK\r\nX-Long: '],
    ['sends its answer byte by byte', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"id": "'],
  ])(
    'Stripe fails a purchase in time when it %s',
    async (_, beginning) => {
      const slow = createServer((socket) => {
        if (beginning === undefined) return;
        socket.on('error', () => undefined);
        socket.write(beginning);
        const timer = setInterval(() => socket.write('a'), 200);
        socket.on('close', () => clearInterval(timer));
      }).listen(0, '127.0.0.1');
      await once(slow, 'listening');
      const stripe = { STRIPE_SECRET_KEY: 'sk_test_123456789', STRIPE_WEBHOOK_SECRET: 'whsec_123456789' };
      const server = await start({ ...stripe, BILLING_PROVIDER: 'stripe', STRIPE_API_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` });
      const owner = await signUp(server);
      const { body } = await owner.get('/organizations/current');
      const call = (): Promise<Answer> => owner.post(`/organizations/${body.id}/billing/checkout`, { plan: 'pro', interval: 'month' });
      expect(await outcome(call)).toEqual({ status: 503, code: 'provider_unavailable', retryAfter: '10', inTime: true });
      slow.close();
    },
    60_000,
  );
});

const disk = await smallDisk(64);
const withDisk = disk === undefined ? describe.skip : describe;

withDisk(`a full disk${disk === undefined ? ' (skipped: nothing can be mounted here)' : ''}`, () => {
  const folder = disk ?? '';
  afterAll(() => unmount(folder));

  it('a full disk under the log and the mails ends no replica', async () => {
    await mkdir(path.join(folder, 'data'));
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(folder, 'filler')}`, 'bs=1k', 'count=1000']);
    const server = await ServerProcess.launch({ ...environment(), LOG_LEVEL: 'info', DATA_DIR: path.join(folder, 'data') }, { log: path.join(folder, 'log') });
    servers.push(server);
    const lives = (): Promise<boolean> =>
      new Client(server.url).get('//health/live').then(
        () => true,
        () => false,
      );
    expect(await eventually(lives, Boolean, 20_000)).toBe(true);
    const owner = await signUp(server);
    for (let request = 0; request < 50; request += 1) expect(await current(owner)).toBe(200);
    expect(server.exitCode).toBeNull();
    expect((await ready(server)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  }, 60_000);
});
