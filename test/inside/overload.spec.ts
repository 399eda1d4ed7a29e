import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LoadsService } from '../../src/common/load/loads.service.js';
import { OverloadService } from '../../src/access/load/overload.service.js';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { TenantPool } from '../../src/database/wire/tenant-pool.js';
import { TenantContext } from '../../src/tenancy/tenant-context.js';
import { wireBinding } from '../../src/tenancy/wire-binding.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { itInLongRun } from '../support/rounds.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let overload: OverloadService;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'test/catalogs/load.yaml', DATABASE_POOL_SIZE: '6', DATABASE_LOCK_TIMEOUT: '15', LOAD_LIMITS_ENABLED: 'true' });
  overload = server.app.get(OverloadService);
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const current = '/organizations/current';

/** Keeps the event loop of this process, which the server shares, busy until the server has noticed it. */
async function keepBusy(until: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !until() && performance.now() < end;) {
    for (const busy = performance.now() + 350; performance.now() < busy;) continue;
    // The timers and the sockets have their turn.
    for (let count = 0; count < 3; count += 1) await turn();
  }
}

/** Does something while so many requests of an organization wait for a lock. */
async function whileRunning(owner: Person, count: number, work: () => Promise<void>): Promise<void> {
  const client = await database.connect();
  await client.query('begin');
  await client.query('select from organizations where id = $1 for update', [owner.organizationId]);
  const writes = Array.from({ length: count }, () => owner.api.patch(owner.home, { name: `Org ${Math.random()}` }));
  try {
    const found = await eventually(
      async () => server.app.get(LoadsService).mostRunning,
      (most) => most === count,
    );
    expect(found).toBe(count);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
  expect((await Promise.all(writes)).map(({ status }) => status)).toEqual(writes.map(() => 200));
}

const untilRelieved = (): Promise<string | undefined> =>
  eventually(
    async () => overload.reason,
    (reason) => reason === undefined,
  );

describe('a replica whose event loop is late', () => {
  it('refuses the organization with the most running requests, and serves the others and the probes', async () => {
    const [noisy, quiet] = [await server.world.owner(), await server.world.owner()];
    await whileRunning(noisy, 12, async () => {
      await keepBusy(() => overload.reason !== undefined);
      expect(overload.reason).toBe('event_loop');
      const [refused, served, live, metrics] = await Promise.all([noisy.api.get(current), quiet.api.get(current), server.api.get('//health/live'), server.api.get('//metrics')]);
      expect({ status: refused.status, code: refused.body.code, retryAfter: refused.headers.get('retry-after') }).toEqual({ status: 503, code: 'overloaded', retryAfter: '2' });
      expect([served.status, live.status]).toEqual([200, 200]);
      expect(metrics.text).toMatch(/^tenantry_overloaded 1$/m);
      expect((await server.api.get('//metrics')).text).toMatch(/^tenantry_requests_refused_total\{reason="event_loop"\} [1-9]/m);
      expect(await untilRelieved()).toBeUndefined();
      expect((await noisy.api.get(current)).status).toBe(200);
    });
  });
});

describe('a replica whose connections are busy', () => {
  itInLongRun('refuses those with many running requests when others wait for their first connection', async () => {
    const [noisy, quiet] = [await server.world.owner(), await server.world.owner()];
    // The installation itself has all connections.
    const pool = server.app.get(TenantPool);
    const context = server.app.get(TenantContext);
    const sleepers = Array.from({ length: 6 }, () => wireBinding.run(quiet.organizationId, () => context.enter(context.newStore(), () => pool.query('select pg_sleep(3.5)'))));
    const all = Promise.all(sleepers);
    const waiting = quiet.api.patch(quiet.home, { name: 'Waits' });
    await eventually(
      async () => overload.reason,
      (reason) => reason !== undefined,
    );
    expect(overload.reason).toBe('pool');
    const loads = server.app.get(LoadsService);
    const load = loads.ofOrganization(noisy.organizationId, { requests: undefined, databaseTime: undefined });
    for (let count = 0; count < 4; count += 1) load.begin();
    expect((await noisy.api.get(current)).body.code).toBe('overloaded');
    expect((await quiet.api.get(current)).status).toBe(200);
    for (let count = 0; count < 4; count += 1) load.end();
    await all;
    expect((await waiting).status).toBe(200);
    expect(await untilRelieved()).toBeUndefined();
  });
});

describe('a replica whose connections are all held', () => {
  itInLongRun('is ready as long as its server answers', async () => {
    const context = server.app.get(TenantContext);
    const { organizationId } = await server.world.owner();
    const [tenants, platform] = [server.app.get(TenantPool), server.app.get(PlatformPool)];
    const sleep = 'select pg_sleep(10)';
    const held = Array.from({ length: 6 }, () => [
      wireBinding.run(organizationId, () => context.enter(context.newStore(), () => tenants.query(sleep))),
      context.enter(context.newStore(), () => platform.query(sleep)),
    ]).flat();
    for (let probe = 0; probe < 3; probe += 1) {
      const { status, body } = await server.api.get('//health/ready');
      expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
      expect([tenants.isExhausted, platform.isExhausted]).toEqual([true, true]);
      await pause(300 * probe);
    }
    await Promise.all(held);
  });

  it('keeps a place in the line for others who belong to no organization, however many requests one of them sends', async () => {
    const [flooding, quiet] = [await server.world.owner(), await server.world.owner()];
    const { body: session } = await flooding.api.post('/auth/switch-organization', { organizationId: null });
    const api = flooding.api.as(session.accessToken);
    const pool = server.app.get(PlatformPool);
    const refused = pool.refusedCount;
    const client = await database.connect();
    await client.query('begin');
    await client.query('select from users where id = $1 for update', [flooding.userId]);
    const flood = Array.from({ length: 450 }, () => api.patch('/users/me', { name: 'Flood' }));
    try {
      const seen = await eventually(
        async () => pool.refusedCount,
        (count) => count > refused,
      );
      expect(seen).toBeGreaterThan(refused);
      const login = server.api.post('/auth/login', { email: quiet.email, password: goodPassword });
      await pause(500);
      await client.query('rollback');
      expect((await login).status).toBe(200);
    } finally {
      await client.query('rollback');
      client.release();
    }
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect([...new Set(statuses)].sort()).toEqual([200, 503]);
  });

  itInLongRun('is ready when so many wait that its question is refused', async () => {
    const [tenants, context] = [server.app.get(TenantPool), server.app.get(TenantContext)];
    const query = (text: string): PromiseLike<unknown> => wireBinding.run(crypto.randomUUID(), () => context.enter(context.newStore(), () => tenants.query(text)));
    const all = [...Array.from({ length: 6 }, () => query('select pg_sleep(3)')), ...Array.from({ length: 650 }, () => query('select 1'))];
    const settled = Promise.allSettled(all);
    expect((await server.api.get('//health/ready')).status).toBe(200);
    expect(tenants.refusedCount).toBeGreaterThan(0);
    await settled;
  });
});

describe('a pool that organizations share', () => {
  it('serves an organization at once while another one holds as much as it may, and in the end everybody', async () => {
    const context = new TenantContext();
    const ids = [crypto.randomUUID(), crypto.randomUUID()] as const;
    const held = new Map<string | undefined, number>();
    const pool = new TenantPool(
      {
        connectionString: testDatabase().app,
        max: 4,
        connectionTimeoutMillis: 10_000,
        holder: () => wireBinding.current(),
        onReturned: (holder, duration) => held.set(holder, (held.get(holder) ?? 0) + duration),
      },
      () => wireBinding.current(),
    );
    try {
      const query = (id: string, text: string): Promise<unknown> => Promise.resolve(wireBinding.run(id, () => context.enter(context.newStore(), () => pool.query(text))));
      let done = 0;
      const noisy = Array.from({ length: 12 }, () => query(ids[0], 'select pg_sleep(0.3)').then(() => (done += 1)));
      await eventually(
        async () => pool.waiting,
        (waiting) => waiting === 10,
      );
      await query(ids[1], 'select 1');
      // Two of twelve run at a time, so most of them still wait.
      expect(done).toBeLessThan(12);
      await Promise.all(noisy);
      expect([pool.waiting, pool.totalCount - pool.idleCount]).toEqual([0, 0]);
      expect(held.get(ids[0])).toBeGreaterThan(12 * 290);
      expect(held.get(ids[1])).toBeLessThan(12 * 290);
    } finally {
      await pool.end();
    }
  });

  it('gives a place back when a connection cannot be opened, is lost, or comes too late', async () => {
    const holder = (): string => 'somebody';
    const nowhere = new TenantPool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none', max: 3, connectionTimeoutMillis: 1_000, holder }, () => crypto.randomUUID());
    const failures = await Promise.allSettled(Array.from({ length: 9 }, () => nowhere.query('select 1')));
    expect(failures.filter(({ status }) => status === 'rejected')).toHaveLength(9);
    expect(nowhere.waiting).toBe(0);
    await nowhere.end();
    const pool = new TenantPool({ connectionString: testDatabase().app, max: 3, connectionTimeoutMillis: 2_000, holder }, () => crypto.randomUUID());
    try {
      const killed = pool.query('select pg_terminate_backend(pg_backend_pid())').catch((error: Error) => error);
      expect(await killed).toBeInstanceOf(Error);
      const sleeping = [0, 1].map(() => pool.query('select pg_sleep(3)'));
      await expect(pool.query('select 1')).rejects.toThrow('timeout exceeded when trying to connect');
      await Promise.all(sleeping);
      for (let turns = 0; turns < 20; turns += 1) await Promise.all([pool.query('select 1'), pool.query('select 1'), pool.query('select 1')]);
      expect(pool.waiting).toBe(0);
    } finally {
      await pool.end();
    }
  });
});
