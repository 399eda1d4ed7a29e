import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { isTransient } from '../../../src/common/errors/transient-error.js';
import { withConnection } from '../../../src/database/connect/with-connection.js';
import { platformRunners, tenantRunners } from '../../../src/database/pool-runners.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { TenantPool, type TenantPoolOptions } from '../../../src/database/wire/tenant-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import { createPlatformClient } from '../../../src/tenancy/platform-extension.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient, type TenantClientOf } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { databaseProxy, passUntil } from '../../support/database-proxy.js';
import { eventually } from '../../support/eventually.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';

let database: ScratchDatabase;
/** Connections of the server's administrator, who sees and ends the statements of others. */
let look: pg.Pool;
const organizationId = randomUUID();
const context = new TenantContext();
const pools: { end(): Promise<void> }[] = [];
const limits = { statement: 5000, lock: 1000, idleInTransaction: 3000, transaction: 60_000 };

function tenantPool(options: TenantPoolOptions = {}): TenantPool {
  const pool = new TenantPool({ connectionString: database.app, statementTimeoutMillis: 5000, lockTimeoutMillis: 1000, ...options }, () => wireBinding.current());
  pool.on('error', () => undefined);
  pools.push(pool);
  return pool;
}

function platformPool(options: TenantPoolOptions = {}): PlatformPool {
  const pool = new PlatformPool({ connectionString: database.platform, sessionLimits: limits, ...options });
  pool.on('error', () => undefined);
  pools.push(pool);
  return pool;
}

const tenantClient = (pool: TenantPool): TenantClientOf<PrismaClient> =>
  createTenantClient(new PrismaClient({ adapter: new PrismaPg(pool as unknown as pg.Pool) }), { schema: tenantSchema, context, runners: tenantRunners(pool, true) });
const platformClient = (pool: PlatformPool): PrismaClient => createPlatformClient(new PrismaClient({ adapter: new PrismaPg(pool) }), platformRunners(pool, true));
const inside = <Result>(work: () => PromiseLike<Result>): Promise<Result> => context.run({ organizationId, actor: { kind: 'job', name: 'test' } }, async () => work());
const query = (pool: TenantPool, text: string): Promise<pg.QueryResult> => Promise.resolve(wireBinding.run(organizationId, () => pool.query(text)));
const read = (pool: TenantPool, text: string, quick = false): Promise<pg.QueryResult> => pool.read(organizationId, { text, quick });
const failureOf = (work: Promise<unknown>): Promise<Error & { readonly code?: string }> =>
  work.then(
    () => new Error('no error'),
    (error: Error) => error,
  );

/** Ends the session of an application whose statement is running. */
async function terminate(application: string): Promise<void> {
  const text = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and state = 'active' and datname = current_database()`;
  const ended = await eventually(
    async () => (await look.query(text, [application])).rowCount ?? 0,
    (count) => count > 0,
  );
  expect(ended).toBe(1);
}

const settings = `current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`;

beforeAll(async () => {
  database = await scratchDatabase();
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  look = new pg.Pool({ connectionString: Object.assign(new URL(url), { pathname: new URL(database.app).pathname }).href, max: 3 });
  await look.query('insert into organizations (id, name, slug, plan) values ($1, $2, $3, $4)', [organizationId, 'Name', `limits-${organizationId.slice(0, 8)}`, 'free']);
  await database.alter(
    'create sequence calls',
    `create function fails_once(code text) returns bigint language plpgsql volatile security definer as
       $$ declare call bigint := nextval('calls'); begin if call % 2 = 1 then raise exception using errcode = code; end if; return call; end $$`,
    'grant execute on function fails_once to public',
  );
});
afterAll(async () => {
  await Promise.allSettled(pools.map((pool) => pool.end()));
  await look.end();
  await database.drop();
});

describe('the limits of a statement', () => {
  it('a write of a tenant waits for a lock for the lock timeout, and a statement has the statement timeout', async () => {
    expect((await read(tenantPool(), `select ${settings}`)).rows).toEqual([{ statement: '5s', lock: '0', idle: '0' }]);
    const rows = await inside(() =>
      tenantClient(tenantPool()).$transaction(
        (tx) => tx.$queryRaw<object[]>`select current_setting('statement_timeout') as statement,
      current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`,
      ),
    );
    expect(rows).toEqual([{ statement: '5s', lock: '1s', idle: '1min' }]);
  });

  it('sessions of the platform have all limits from their first statement on, those of quick reads too', async () => {
    const pool = platformPool({ connectionTimeoutMillis: 2000 });
    expect((await pool.query(`select ${settings}`)).rows).toEqual([{ statement: '5s', lock: '1s', idle: '3s' }]);
    expect((await pool.read({ text: `select ${settings}`, quick: true })).rows).toEqual([{ statement: '5s', lock: '0', idle: '3s' }]);
    const { rows } = await pool.query(`select current_setting('transaction_timeout', true) as transaction, current_setting('server_version_num')::int as version`);
    expect(rows[0]?.transaction).toBe(Number(rows[0]?.version) >= 170_000 ? '1min' : null);
  });

  it('a transaction that may take longer has longer limits, and the next one of its connection has not', async () => {
    const pool = platformPool({ max: 1 });
    const db = platformClient(pool);
    const read = (tx: Pick<PrismaClient, '$queryRawUnsafe'>): Promise<unknown> => tx.$queryRawUnsafe(`select ${settings}`);
    expect(await db.$transaction((tx) => read(tx as PrismaClient), { timeout: 120_000 })).toEqual([{ statement: '2min', lock: '1min', idle: '3s' }]);
    expect(await db.$transaction((tx) => read(tx as PrismaClient))).toEqual([{ statement: '5s', lock: '1s', idle: '3s' }]);
  });

  it('the transaction of a platform that waits for a lock ends with the lock timeout', async () => {
    const holder = await look.connect();
    await holder.query('begin');
    await holder.query('select from organizations where id = $1 for update', [organizationId]);
    const began = performance.now();
    const error = await failureOf(platformClient(platformPool()).$transaction(async (tx) => void (await tx.$queryRaw`select from organizations for update`)));
    await holder.query('rollback');
    holder.release();
    expect(isTransient(error)).toBe(true);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('a connection whose server does not answer in time is closed, and the pool opens another one', async () => {
    const pool = tenantPool({ max: 1, statementTimeoutMillis: 0, answerTimeoutMillis: 500 });
    const error = await failureOf(query(pool, 'select pg_sleep(10)'));
    expect({ code: error.code, transient: isTransient(error) }).toEqual({ code: 'ETIMEDOUT', transient: true });
    expect((await query(pool, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a connection that is lost between an error and the end of its answer', () => {
  const kinds = [
    ['a statement', (pool: TenantPool, divisor: number): Promise<unknown> => query(pool, `select 1 / ${divisor}`)],
    ['a quick read', (pool: TenantPool, divisor: number): Promise<unknown> => read(pool, `select 1 / ${divisor}`, true)],
    [
      'a transaction',
      (pool: TenantPool, divisor: number): Promise<unknown> => inside(() => tenantClient(pool).$transaction(async (tx) => tx.$queryRaw`select 1 / ${divisor}::int`)),
    ],
  ] as const;

  it.each(kinds)('is replaced in time, after %s', async (_, run) => {
    let connections = 0;
    const proxy = await databaseProxy(
      database.app,
      (send) => ({ send }),
      () => ((connections += 1) === 1 ? passUntil('E') : new PassThrough()),
    );
    const pool = tenantPool({ connectionString: proxy.url, max: 1, connectionTimeoutMillis: 5000, statementTimeoutMillis: 0, answerTimeoutMillis: 500 });
    expect(await failureOf(run(pool, 0))).toMatchObject({ message: expect.stringContaining('division by zero') });
    const working = await eventually(
      () =>
        run(pool, 1).then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    expect(working).toBe(true);
    await proxy.close();
  });
});

describe('a set-up or an inspection', () => {
  it('fails when the server does not answer', async () => {
    const proxy = await databaseProxy(
      database.app,
      (send) => ({ send }),
      () => passUntil('Z'),
    );
    await expect(withConnection(proxy.url, (client) => client.query('select 1'), 500)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await proxy.close();
  });
});

describe('a pool whose connections are busy', () => {
  it('refuses at once when too many wait, and says how often', async () => {
    const pool = tenantPool({ max: 1, maxWaiting: 2 });
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => query(pool, 'select pg_sleep(0.2)')));
    const refused = all.filter((result): result is PromiseRejectedResult => result.status === 'rejected').map(({ reason }) => reason as Error & { code: string });
    expect(refused.map(({ code }) => code)).toEqual(['POOL_BUSY', 'POOL_BUSY']);
    expect(refused.every(isTransient)).toBe(true);
    expect(pool.refusedCount).toBe(2);
    await expect(query(pool, 'select 1')).resolves.toMatchObject({ rowCount: 1 });
  });
});

describe('a statement that is sent once more', () => {
  it.each([false, true])('a read whose connection is lost is answered over another one (quick: %s)', async (quick) => {
    const application = `lost read ${quick}`;
    const reading = read(tenantPool({ application_name: application }), 'select 1 as one from pg_sleep(1)', quick);
    await terminate(application);
    expect((await reading).rows).toEqual([{ one: 1 }]);
  });

  it('a write whose connection is lost is not, because it may have been done', async () => {
    const pool = tenantPool({ application_name: 'lost write' });
    const writing = failureOf(query(pool, 'select pg_sleep(30)'));
    await terminate('lost write');
    expect(isTransient(await writing)).toBe(true);
    const running = async (): Promise<number> => (await look.query(`select from pg_stat_activity where application_name = 'lost write' and state = 'active'`)).rowCount ?? 0;
    // A backend is listed until it has ended, which is after its client has its error.
    expect(await eventually(running, (count) => count === 0)).toBe(0);
  });

  it.each(['40P01', '40001'])('a statement that the server has undone (%s) is answered the second time', async (code) => {
    const db = tenantClient(tenantPool());
    await look.query('alter sequence calls restart');
    expect(await inside(() => db.$queryRaw`select fails_once(${code}) as call`)).toEqual([{ call: 2n }]);
    const failing = await failureOf(inside(() => db.$transaction((tx) => tx.$queryRaw`select fails_once(${code})` as Promise<unknown>)));
    expect(isTransient(failing)).toBe(true);
  });
});
