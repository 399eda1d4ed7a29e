import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Answer } from '../support/client.js';
import { databaseProxy, through, type DatabaseProxy } from '../support/database-proxy.js';
import { eventually } from '../support/eventually.js';
import { lockWaiters, lockWaitersOf, sessionOf } from '../support/lock-waiters.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { ServerProcess } from '../support/process.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

/** Seconds: short, so that the tests are. */
const [statementTimeout, lockTimeout] = [4, 1];
/** Milliseconds after which any request is answered: it has waited for one statement that nobody answers, and for a connection. */
const bound = (statementTimeout + 5 + 5) * 1000 + 3000;

/** Milliseconds after which no session waits any longer whose read was given up: the server ends it after twice the time that its answer may take. */
const sessionsEnd = 2 * 5_000 + bound;

let postgres: OwnPostgres;
/** Between the server and its database. */
let proxy: DatabaseProxy;
let server: ServerProcess;
let acme: Client;
let quiet: Client;
let signUps = 0;

async function signUp(at: ServerProcess): Promise<Client> {
  const who = { email: `owner-${(signUps += 1)}@example.com`, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } };
  const { status, body, text } = await new Client(at.url).post('/auth/signup', who);
  if (status !== 201) throw new Error(`signup answered ${status}: ${text}\n${at.output}`);
  return new Client(at.url, body.accessToken);
}

interface Timed extends Answer {
  readonly took: number;
}

async function timed(call: () => Promise<Answer>): Promise<Timed> {
  const began = performance.now();
  const answer = await call();
  return { ...answer, took: performance.now() - began };
}

const read = (owner: Client): Promise<Timed> => timed(() => owner.get('/organizations/current'));
const write = (owner: Client): Promise<Timed> => timed(() => owner.patch('/tenant/settings', { locale: 'en' }));

/** Reads by a key, pages, changes of one row, and changes under the lock of the organization, at the same time. */
async function requests(owner: Client, count: number): Promise<Timed[]> {
  const id = homeOf(owner);
  const kinds = [
    () => owner.get('/organizations/current'),
    () => owner.get(`/organizations/${id}/members`),
    () => owner.post(`/organizations/${id}/teams`, { name: `Team ${Math.random()}` }),
    () => owner.patch(`/organizations/${id}`, { name: `Acme ${Math.random()}` }),
  ];
  return Promise.all(Array.from({ length: count }, (_, number) => timed(kinds[number % kinds.length] as () => Promise<Answer>)));
}

const homes = new Map<string, string>();
const homeOf = ({ token = '' }: Client): string => homes.get(token) ?? '';

/** Everything that a passing fault of the database may be answered with, in time. */
function expectPassing(answers: readonly Timed[], within = bound): void {
  const wrong = answers.filter(
    ({ status, headers, body, took }) => !(status < 300 || (status === 503 && headers.get('retry-after') !== null && body.code === 'unavailable')) || took > within,
  );
  expect(wrong.map(({ status, text, took }) => ({ status, text, took }))).toEqual([]);
}

const failed = (answers: readonly Timed[]): number => answers.filter(({ status }) => status === 503).length;
const ready = (): Promise<Answer> => new Client(server.url).get('//health/ready');

/** Waits until every kind of request works again, and the server says that it does. */
async function expectHealed(patience = bound): Promise<void> {
  const work = async (): Promise<number[]> => [...(await requests(acme, 8)), ...(await requests(quiet, 4)), await ready()].map(({ status }) => status);
  const statuses = await eventually(work, (found) => found.every((status) => status < 300), patience);
  expect(statuses.filter((status) => status >= 300)).toEqual([]);
  expect(server.exitCode).toBeNull();
}

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  proxy = await databaseProxy(postgres.urls.app, (send) => ({ send }));
  server = await ServerProcess.start({
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    APP_SECRET: testSecret,
    APP_URL: 'https://app.tenantry.test',
    DATABASE_URL: through(proxy, postgres.urls.app),
    DATABASE_PLATFORM_URL: through(proxy, postgres.urls.platform),
    DATABASE_STATEMENT_TIMEOUT: String(statementTimeout),
    DATABASE_LOCK_TIMEOUT: String(lockTimeout),
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    METRICS_TOKEN: 'a token of the metrics',
    // The queue has work of Stripe only.
    BILLING_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: 'sk_test_123456789',
    STRIPE_WEBHOOK_SECRET: 'whsec_123456789',
    STRIPE_API_URL: 'http://127.0.0.1:1',
  });
  acme = await signUp(server);
  quiet = await signUp(server);
  for (const owner of [acme, quiet]) homes.set(owner.token ?? '', (await owner.get('/organizations/current')).body.id as string);
}, 120_000);
afterEach(() => postgres.thaw());
afterAll(async () => {
  await server.end('SIGKILL');
  await postgres.end();
  await proxy.close();
});

describe('a database that does not answer', () => {
  it('a server that hangs fails requests in time, is named by the readiness, and is used again when it answers', async () => {
    await requests(acme, 20);
    postgres.freeze();
    const during = await requests(acme, 20);
    expectPassing(during);
    expect(failed(during)).toBe(20);
    const { status, headers, body } = await ready();
    expect({ status, retryAfter: headers.get('retry-after'), checks: body.checks }).toMatchObject({
      status: 503,
      retryAfter: '1',
      checks: { database: 'does not answer', platform_database: 'does not answer', queue: 'does not answer' },
    });
    expect((await new Client(server.url).get('//health/live')).status).toBe(200);
    postgres.thaw();
    await expectHealed();
  }, 60_000);

  it('a server that hangs for a while charges nobody for it', async () => {
    const held = async (): Promise<number> => {
      const { text } = await new Client(server.url).get('//metrics', { headers: { authorization: 'Bearer a token of the metrics' } });
      return Number(/^tenantry_database_held_seconds_total (\S+)$/m.exec(text)?.[1]);
    };
    const holder = await postgres.connect();
    const session = await sessionOf(holder);
    await holder.query('begin; lock table teams');
    const create = (): Promise<Timed> => timed(() => acme.post(`/organizations/${homeOf(acme)}/teams`, { name: 'Waiting' }));
    // Their wait for the lock ends after a second: on a busy machine, some begin when others have given up.
    const attempt = async (): Promise<{ readonly work: Promise<Timed>[]; readonly before: number; readonly waiting: number }> => {
      const before = await held();
      const work = Array.from({ length: 6 }, create);
      const enough = (count: number): boolean => count > 3;
      const waiting = await eventually(() => lockWaiters(holder, session), enough, 900);
      if (!enough(waiting)) await Promise.all(work);
      return { work, before, waiting };
    };
    const { work, before } = await eventually(attempt, ({ waiting }) => waiting > 3, 30_000);
    postgres.freeze();
    await pause(8_000);
    postgres.thaw();
    expectPassing(await Promise.all(work));
    await holder.end();
    // Four of them are frozen for eight seconds. Each is charged for its wait for the lock, and until the silence is noticed.
    expect((await held()) - before).toBeLessThan(6 * 4);
    await expectHealed();
  }, 60_000);

  it('a transaction that is waiting when its server begins to hang fails in time', async () => {
    const holder = await postgres.connect();
    await holder.query('begin');
    await holder.query('select from organizations where id = $1 for update', [homeOf(acme)]);
    const waiting = timed(() => acme.patch(`/organizations/${homeOf(acme)}`, { name: 'Waiting' }));
    const session = await sessionOf(holder);
    await eventually(
      () => lockWaiters(holder, session),
      (count) => count > 0,
    );
    postgres.freeze();
    const answer = await waiting;
    expectPassing([answer]);
    expect(answer.status).toBe(503);
    postgres.thaw();
    await holder.end();
    await expectHealed();
  }, 60_000);

  it('connections that the network has lost without a sign are replaced, those of the queue and the listener too', async () => {
    await requests(acme, 20);
    proxy.silence();
    expectPassing(await requests(acme, 20));
    await expectHealed(2 * bound);
    const names = await postgres.run<{ name: string }>(`select distinct application_name as name from pg_stat_activity where application_name like 'tenantry%'`);
    expect(names.map(({ name }) => name).sort()).toEqual(['tenantry', 'tenantry listener', 'tenantry platform', 'tenantry queue']);
  }, 90_000);
});

describe('a database that ends connections', () => {
  it('a backend that is killed, with which the server ends all others, fails what ran, and nothing else', async () => {
    const answers: Timed[] = [];
    const state = { ended: false };
    const work = (async () => {
      while (!state.ended) answers.push(...(await requests(acme, 20)));
    })();
    await postgres.killBackend('tenantry');
    await expectHealed();
    const later = await requests(quiet, 20);
    state.ended = true;
    await work;
    expectPassing(answers);
    expect(later.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
  }, 60_000);

  it('a fast restart ends no replica, also while the mails are locked', async () => {
    const holder = await postgres.connect();
    holder.on('error', () => undefined);
    await holder.query('begin; lock table mail_messages');
    expect((await new Client(server.url).post('/auth/password/forgot', { email: 'owner-1@example.com' })).status).toBeLessThan(504);
    const answers: Timed[] = [];
    const state = { ended: false };
    const work = (async () => {
      while (!state.ended) answers.push(...(await requests(acme, 8)));
    })();
    await postgres.stop();
    expect((await ready()).status).toBe(503);
    await postgres.startAgain();
    state.ended = true;
    await work;
    await holder.end().catch(() => undefined);
    expectPassing(answers);
    expect(failed(answers)).toBeGreaterThan(0);
    await expectHealed();
  }, 60_000);
});

describe('locks that stay', () => {
  const lockedTables = ['memberships', 'users', 'teams'];
  it.each(lockedTables)(
    'the lock of the table %s fails requests and logins in time, and leaves no session behind',
    async (table) => {
      const holder = await postgres.connect();
      try {
        await holder.query(`begin; lock table ${table}`);
        const anyone = new Client(server.url);
        const login = timed(() => anyone.post('/auth/login', { email: 'owner-1@example.com', password: goodPassword }));
        const signup = timed(() => anyone.post('/auth/signup', { email: `${table}@example.com`, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } }));
        expectPassing(await Promise.all([login, signup]));
        expectPassing(await requests(acme, 16), 30_000);
        const session = await sessionOf(holder);
        const left = await eventually(
          // Jobs wait a minute for a lock, and try again.
          async () => (await lockWaitersOf(holder, session)).filter(({ runsJob }) => !runsJob),
          (waiters) => waiters.length === 0,
          sessionsEnd,
        );
        expect(left).toEqual([]);
      } finally {
        await holder.end();
      }
      await expectHealed();
    },
    90_000,
  );

  it('the locked organization of one tenant delays no other tenant', async () => {
    const holder = await postgres.connect();
    await holder.query('begin');
    await holder.query('select from organizations where id = $1 for update', [homeOf(acme)]);
    const locked: Promise<Timed>[] = [];
    const others: Timed[] = [];
    for (let round = 0; round < 20; round += 1) {
      locked.push(timed(() => acme.patch(`/organizations/${homeOf(acme)}`, { name: `Acme ${round}` })));
      others.push(...(await requests(quiet, 4)));
    }
    expect(others.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([]);
    await holder.query('rollback');
    await holder.end();
    expectPassing(await Promise.all(locked), 30_000);
    await expectHealed();
  }, 90_000);
});

describe('a read-only database', () => {
  it('a read-only database answers reads, refuses writes for a while, is named by the readiness, and is used again afterwards', async () => {
    await postgres.run('alter system set default_transaction_read_only = on', 'select pg_reload_conf()');
    const checks = await eventually(
      async () => (await ready()).body.checks as Record<string, string> | undefined,
      (found) => found?.['database'] === 'is read-only',
    );
    expect(checks).toMatchObject({ database: 'is read-only', platform_database: 'is read-only' });
    expect((await read(acme)).status).toBe(200);
    const answer = await write(acme);
    expectPassing([answer]);
    expect(answer.status).toBe(503);
    await postgres.run('set default_transaction_read_only = off', 'alter system reset default_transaction_read_only', 'select pg_reload_conf()');
    await expectHealed();
  }, 60_000);
});

describe('a database of a later version', () => {
  it('a replica of the earlier version stays ready after a migration that extends, and not after one that removes', async () => {
    const named = (name: string): string => `insert into public._prisma_migrations (id, checksum, migration_name, finished_at) values ('${name}', '', '${name}', now())`;
    await postgres.run(named('99990101000000_more'), named('99990101000001_less_contract'));
    expect((await ready()).body.checks).toEqual({ platform_database: 'has migrations of a later version, with which this one cannot work: 99990101000001_less_contract' });
    await postgres.run(`delete from public._prisma_migrations where migration_name = '99990101000001_less_contract'`);
    expect((await ready()).status).toBe(200);
    await postgres.run(`delete from public._prisma_migrations where migration_name = '99990101000000_more'`);
  }, 60_000);
});

describe('a burst', () => {
  it('a hundred writes at once of a process that has no connection yet are all done', async () => {
    const id = homeOf(quiet);
    await postgres.run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenantry'`);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => timed(() => quiet.post(`/organizations/${id}/teams`, { name: `Burst ${number}` }))));
    expectPassing(answers);
    expect(failed(answers)).toBeLessThan(20);
    const { text } = await new Client(server.url).get('//metrics', { headers: { authorization: 'Bearer a token of the metrics' } });
    expect(text).toMatch(/^tenantry_database_connections\{pool="tenants",state="idle"\} [1-9]/m);
    expect(text).toMatch(/^tenantry_database_listener_up 1$/m);
  }, 60_000);
});
