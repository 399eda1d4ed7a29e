import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { eventually } from '../../support/eventually.js';
import { invitationColumns, invitationValues } from '../../support/sample-row.js';
import { ProblemFilter } from '../../../src/common/http/problem.filter.js';
import { inTransaction } from '../../../src/database/locks.js';
import { tenantRunners } from '../../../src/database/pool-runners.js';
import type { TenantConnection } from '../../../src/database/wire/tenant-connection.js';
import { TenantPool, type TenantPoolOptions } from '../../../src/database/wire/tenant-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient, type TenantClientOf, type TenantTransactionOf } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';

type Transaction = TenantTransactionOf<PrismaClient>;

interface Tenant {
  readonly pool: TenantPool;
  readonly db: TenantClientOf<PrismaClient>;
}

let database: ScratchDatabase;
/** Connections of the server's administrator, who sees and ends the statements of others. */
let look: pg.Pool;
let server: TestServer;
let owner: Person;
let organizationId: string;
const pools: TenantPool[] = [];
const context = new TenantContext();

/** A tenant's client as in the application, with shorter times. */
function tenant({ connectionString = database.app, ...options }: TenantPoolOptions = {}): Tenant {
  const pool = new TenantPool({ connectionString, max: 3, connectionTimeoutMillis: 5000, ...options }, () => wireBinding.current());
  pool.on('error', () => undefined);
  pools.push(pool);
  return {
    pool,
    db: createTenantClient(new PrismaClient({ adapter: new PrismaPg(pool as unknown as pg.Pool) }), { schema: tenantSchema, context, runners: tenantRunners(pool, true) }),
  };
}

const inside = <Result>(work: () => PromiseLike<Result>): Promise<Result> => context.run({ organizationId, actor: { kind: 'job', name: 'test' } }, async () => work());

/** Runs `work` while another connection has changed the organization's row and not committed. */
async function whileLocked<Result>(work: () => PromiseLike<Result>): Promise<Result> {
  const other = await look.connect();
  await other.query('begin');
  await other.query('update organizations set name = name where id = $1', [organizationId]);
  try {
    return await work();
  } finally {
    await other.query('rollback');
    other.release();
  }
}

/** In plain SQL, which may change the organization in a transaction that did not begin with its lock. */
const renameInSql = (tx: Pick<Transaction, '$executeRaw'>): PromiseLike<unknown> => tx.$executeRaw`update organizations set name = 'New'`;
const rename = (tx: Pick<Transaction, 'organization'>, name = 'New'): PromiseLike<unknown> => tx.organization.updateMany({ data: { name } });
const selectIn = (tx: Pick<Transaction, '$queryRaw'>, seconds: number): PromiseLike<unknown> => tx.$queryRaw`select 1 as one from pg_sleep(${seconds})`;
const signal = (name: 'pg_cancel_backend' | 'pg_terminate_backend', application: string): Promise<unknown> =>
  look.query(`select ${name}(pid) from pg_stat_activity where application_name = $1 and datname = current_database()`, [application]);

/** Waits until a statement of an application is at work or, with `lock`, waits for a lock. */
async function running(application: string, waitsFor = '%'): Promise<void> {
  const text = `select from pg_stat_activity where application_name = $1 and datname = current_database() and state = 'active' and wait_event_type like $2`;
  const found = await eventually(
    async () => (await look.query(text, [application, waitsFor])).rowCount ?? 0,
    (count) => count > 0,
  );
  if (found === 0) throw new Error(`no statement of ${application} waits for ${waitsFor}`);
}

/** Does something while a statement occupies a connection of an application. */
async function whileBusy(db: Tenant['db'], application: string, work: () => PromiseLike<unknown>): Promise<unknown> {
  const busy = inside(() => selectIn(db, 60)).then(String, String);
  await running(application);
  const [result] = await Promise.allSettled([inside(work)]);
  await signal('pg_cancel_backend', application);
  expect(await busy).toContain('canceling statement');
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Ends in a deadlock: each of two transactions waits for a row that the other one has changed. The server ends the one that waited first. */
async function deadlock(): Promise<unknown> {
  const { db } = tenant({ application_name: 'deadlock' });
  const { rows } = await look.query<{ id: string }>(`insert into invitations (${invitationColumns}) values (${invitationValues('$1', `'Deadlock'`)}) returning id`, [
    organizationId,
  ]);
  const id = rows[0]?.id ?? '';
  const other = await look.connect();
  await other.query('begin');
  await other.query('update invitations set message = message where id = $1', [id]);
  try {
    return await db.$transaction(async (tx) => {
      await renameInSql(tx);
      const first = tx.invitation.updateMany({ where: { id }, data: { message: 'x' } });
      await Promise.all([first, running('deadlock', 'Lock').then(() => other.query('update organizations set name = name where id = $1', [organizationId]))]);
    });
  } finally {
    await other.query('rollback');
    other.release();
  }
}

/** Collects the errors of all statements of a transaction that runs longer than it may. */
async function statementsAfterTimeout({ db }: Tenant): Promise<unknown[]> {
  const errors: unknown[] = [];
  const keep = (error: unknown): void => void errors.push(error);
  await db
    .$transaction(
      async (tx) => {
        await Promise.resolve(selectIn(tx, 0.3)).catch(keep);
        await Promise.resolve(tx.team.count()).catch(keep);
        await Promise.resolve(selectIn(tx, 0)).catch(keep);
      },
      { timeout: 100 },
    )
    .catch(keep);
  return errors;
}

async function statementAfterRollback({ pool }: Tenant): Promise<unknown> {
  const client = await wireBinding.run(organizationId, () => pool.connect());
  try {
    await client.query('begin');
    await client.query('rollback');
    return await client.query('select 1');
  } finally {
    client.release();
  }
}

/** Everything that makes the database unavailable to one request for a moment, done to a real database. */
const causes: Readonly<Record<string, () => Promise<unknown>>> = {
  'the statement timeout of a query with a model': () => {
    const { db } = tenant({ statementTimeoutMillis: 100 });
    return whileLocked(() => inside(() => rename(db)));
  },
  'the statement timeout of a raw query': () => inside(() => selectIn(tenant({ statementTimeoutMillis: 100 }).db, 1)),
  'the statement timeout inside a transaction': () => inside(() => tenant({ statementTimeoutMillis: 100 }).db.$transaction((tx) => selectIn(tx, 1) as Promise<unknown>)),
  'the statement timeout of a statement on the pool': () => {
    const { pool } = tenant({ statementTimeoutMillis: 100 });
    return Promise.resolve(wireBinding.run(organizationId, () => pool.query('select pg_sleep(1)')));
  },
  'a statement that an administrator cancels': () => {
    const { db } = tenant({ application_name: 'to cancel' });
    return Promise.all([inside(() => selectIn(db, 60)), running('to cancel').then(() => signal('pg_cancel_backend', 'to cancel'))]);
  },
  'a lock timeout': () => {
    const { db } = tenant();
    const waits = (tx: Transaction): Promise<unknown> => tx.$executeRaw`set local lock_timeout = '100ms'`.then(() => renameInSql(tx));
    return whileLocked(() => inside(() => db.$transaction(waits)));
  },
  'the lock timeout of a transaction whose work waits for something else first': () => {
    const { db } = tenant({ statementTimeoutMillis: 100 });
    return whileLocked(() => inside(() => db.$transaction((tx) => setTimeout(300).then(() => rename(tx)), { locksOrganization: true })));
  },
  'a lock that is not available at once': () => {
    const { db } = tenant();
    return whileLocked(() => inside(() => db.$queryRaw`select id from organizations for update nowait`));
  },
  'a deadlock': () => inside(deadlock),
  'a conflict of serializable transactions': () => {
    const { pool } = tenant();
    const changes = async (client: TenantConnection): Promise<unknown> => {
      await client.query('select from organizations');
      await look.query('update organizations set name = name where id = $1', [organizationId]);
      return client.query(`update organizations set name = 'New'`);
    };
    return inside(() => wireBinding.run(organizationId, () => inTransaction(pool, changes, 'isolation level repeatable read')));
  },
  'a transaction that waits too long for a connection': async () => {
    const { db } = tenant({ max: 1, application_name: 'the only one' });
    return whileBusy(db, 'the only one', () => db.$transaction((tx) => tx.team.count(), { maxWait: 50 }));
  },
  'no free connection in the pool': async () => {
    const { db } = tenant({ max: 1, connectionTimeoutMillis: 400, application_name: 'the only free one' });
    // A busy machine takes longer to open the connection.
    const opens = (): Promise<boolean> =>
      inside(() => selectIn(db, 0)).then(
        () => true,
        () => false,
      );
    await eventually(opens, Boolean);
    return whileBusy(db, 'the only free one', () => db.team.count());
  },
  'a statement after a rollback': () => statementAfterRollback(tenant()),
  'a connection that the server closes during a statement': () => {
    const { db } = tenant({ application_name: 'to close' });
    return Promise.all([inside(() => selectIn(db, 60)), running('to close').then(() => signal('pg_terminate_backend', 'to close'))]);
  },
  'a connection that the server closes between two statements of a transaction': () => {
    const { db } = tenant({ application_name: 'to close too' });
    return inside(() => db.$transaction(async (tx) => (await tx.team.count(), await signal('pg_terminate_backend', 'to close too'), tx.team.count())));
  },
  'a server that does not answer a new connection of quick reads': async () => {
    const silent = createServer().unref().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { db } = tenant({ connectionString: `postgres://nobody@127.0.0.1:${(silent.address() as AddressInfo).port}/none`, connectionTimeoutMillis: 100 });
    return inside(() => db.team.findFirst({ where: { id: organizationId } }));
  },
  'a server that does not listen': () => inside(() => tenant({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }).db.team.count()),
  'a server that does not listen, for a transaction': () =>
    inside(() => tenant({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }).db.$transaction((tx) => tx.team.count())),
};

/** What the problem filter sends for an error. */
function answerTo(failure: unknown): { status?: number; headers: Record<string, string>; body?: { code: string } } {
  const answer: { status?: number; headers: Record<string, string>; body?: { code: string } } = { headers: {} };
  const reply = {
    hasHeader: (name: string) => name in answer.headers,
    header: (name: string, value: string) => ((answer.headers[name] = value), reply),
    status: (status: number) => ((answer.status = status), reply),
    send: (text: string) => void (answer.body = JSON.parse(text) as { code: string }),
  };
  const filter = new ProblemFilter();
  filter.catch(failure, { switchToHttp: () => ({ getRequest: () => ({ url: '/api/v1/x', id: 'one', body: undefined }), getResponse: () => reply }) } as never);
  return answer;
}

const unavailable = { status: 503, headers: { 'retry-after': '1' }, body: { code: 'unavailable' } };

beforeAll(async () => {
  database = await scratchDatabase();
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  look = new pg.Pool({ connectionString: Object.assign(new URL(url), { pathname: new URL(database.app).pathname }).href, max: 3 });
  server = await startTestServer({ JOBS_ENABLED: 'false' }, { ...database, app: `${database.app}?options=-c%20lock_timeout%3D200ms` });
  owner = await server.world.owner();
  ({ organizationId } = owner);
});
afterAll(async () => {
  await server.close();
  await Promise.allSettled(pools.map((pool) => pool.end()));
  await look.end();
  await database.drop();
});

describe('an unavailable database', () => {
  it.each(Object.entries(causes))('%s answers 503 `unavailable` with Retry-After', async (_, cause) => {
    const error: unknown = await cause().then(
      () => 'no error',
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(Error);
    expect({ error: String(error), answer: answerTo(error) }).toMatchObject({ answer: unavailable });
  });

  it('every statement after the timeout of its transaction answers 503', async () => {
    const errors = await inside(() => statementsAfterTimeout(tenant()));
    expect(errors.length).toBeGreaterThan(1);
    for (const error of errors) expect({ error: String(error), answer: answerTo(error) }).toMatchObject({ answer: unavailable });
  });

  it('a mistake in a statement answers 500', async () => {
    const { db, pool } = tenant();
    const outside = async (): Promise<unknown> => {
      const client = await wireBinding.run(organizationId, () => pool.connect());
      return client.query('select 1').finally(() => client.release());
    };
    const mistakes = [inside(() => db.$queryRaw`select missing from teams`), inside(() => db.$queryRaw`select 1 / 0`), outside()];
    for (const { reason: error } of (await Promise.allSettled(mistakes)) as PromiseRejectedResult[]) {
      expect(error).toBeInstanceOf(Error);
      expect({ error: String(error), answer: answerTo(error) }).toMatchObject({ answer: { status: 500, body: { code: 'internal_error' } } });
    }
  });

  it('a request that waits too long for a lock answers 503 over HTTP', async () => {
    const answered = await whileLocked(() => owner.api.patch(owner.home, { name: 'New name' }));
    expect({ status: answered.status, code: answered.body.code, retryAfter: answered.headers.get('retry-after') }).toEqual({ status: 503, code: 'unavailable', retryAfter: '1' });
  });
});
