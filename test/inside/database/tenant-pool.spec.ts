import { randomUUID } from 'node:crypto';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { databaseProxy, unsupportedParameter } from '../../support/database-proxy.js';
import { closeConnections } from '../../support/close-connections.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase } from '../../support/database.js';

// Also the guard of what bound-query.ts assumes about pg's internals: run it before raising pg's version.

const { app, platform, owner } = testDatabase();
const [a, b] = [randomUUID(), randomUUID()];
const tenant = new AsyncLocalStorage<string>();
const pool = new TenantPool({ connectionString: app, max: 2, statementTimeoutMillis: 500 }, () => tenant.getStore());
const as = <Result>(id: string, work: () => Promise<Result>): Promise<Result> => tenant.run(id, work);
const names = 'select name from teams order by name';

beforeAll(async () => {
  const client = new pg.Client({ connectionString: platform });
  await client.connect();
  for (const id of [a, b]) {
    await client.query('insert into organizations (id, name, slug, plan) values ($1, $2, $3, $4)', [id, 'Name', `pool-${id.slice(0, 8)}`, 'free']);
    await client.query('insert into teams (organization_id, id, name) values ($1, $2, $3)', [id, randomUUID(), id]);
  }
  await client.end();
});
afterAll(() => pool.end());

describe("one statement on the tenants' pool", () => {
  it('a statement without a tenant is refused and opens no connection', async () => {
    await expect(pool.query('select 1')).rejects.toThrow('without a bound tenant');
    await expect(pool.connect()).rejects.toThrow('without a bound tenant');
    await expect(as(`${a}'; --`, () => pool.query('select 1'))).rejects.toThrow('without a bound tenant');
    expect(pool.totalCount).toBe(0);
  });

  it('a statement sees the rows of the tenant at the time of the call', async () => {
    expect((await as(a, () => pool.query(names))).rows).toEqual([{ name: a }]);
    const result = await as(b, () => pool.query({ text: 'select name, 1 as one from teams where name <> $1', values: ['x'], rowMode: 'array' }));
    expect(result).toMatchObject({ rows: [[b, 1]], rowCount: 1, command: 'SELECT', fields: [{ name: 'name' }, { name: 'one' }] });
  });

  it('a statement leaves no state on the connection', async () => {
    await as(a, () => pool.query('select 1'));
    const client = await (pg.Pool.prototype.connect as (this: unknown) => Promise<pg.PoolClient>).call(pool);
    const { rows } = await client.query(
      `select current_setting('app.current_organization_id', true) as tenant, current_setting('statement_timeout') as timeout, (select count(*)::int from teams) as count`,
    );
    client.release();
    expect(rows).toEqual([{ tenant: '', timeout: '0', count: 0 }]);
  });

  it('a second statement in one query is refused by the protocol', async () => {
    await expect(as(a, () => pool.query('commit; select 1'))).rejects.toThrow('cannot insert multiple commands');
  });

  it('a failed statement rejects with its error and keeps the connection', async () => {
    const before = pool.totalCount;
    await expect(as(a, () => pool.query('select 1 / $1::int', [0]))).rejects.toThrow('division by zero');
    await expect(as(a, () => pool.query('selec'))).rejects.toThrow('syntax error');
    await expect(as(a, () => pool.query('select pg_sleep(2)'))).rejects.toThrow('statement timeout');
    expect(pool.totalCount).toBe(before);
    expect((await as(b, () => pool.query(names))).rows).toEqual([{ name: b }]);
  });

  it('a prepared statement returns the same rows when its name and columns are known already', async () => {
    const named = (name: string, text: string, values: unknown[]) => as(a, () => pool.query({ name, text, values, rowMode: 'array' }));
    for (const value of ['one', 'two', 'three']) {
      expect(await named('read', 'select name, $1::text as given from teams', [value])).toMatchObject({ rows: [[a, value]], fields: [{ name: 'name' }, { name: 'given' }] });
      expect(await named('write', 'update teams set description = $1', [value])).toMatchObject({ rows: [], rowCount: 1, command: 'UPDATE', fields: [] });
      expect(await named('none', 'select id from teams where name = $1', [value])).toMatchObject({ rows: [], rowCount: 0, fields: [{ name: 'id' }] });
      await expect(named('fail', 'select 1 / $1::int', [0])).rejects.toThrow('division by zero');
    }
    expect((await as(b, () => pool.query({ name: 'read', text: 'select name, $1::text as given from teams', values: ['x'], rowMode: 'array' }))).rows).toEqual([[b, 'x']]);
  });

  it('a statement does not run if the binding fails', async () => {
    const wrong = new TenantPool({ connectionString: app, max: 1, statementTimeoutMillis: 1e12 }, () => a);
    await expect(wrong.query(names)).rejects.toThrow('invalid value for parameter');
    await expect(wrong.query(names)).rejects.toThrow('invalid value for parameter');
    await wrong.end();
  });

  it('a value that cannot be written fails its statement only', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (let round = 0; round < 3; round += 1) await expect(as(a, () => pool.query('select $1::jsonb', [circular]))).rejects.toThrow('circular');
    await setTimeout(50);
    await expect(as(b, () => pool.query(names))).resolves.toMatchObject({ rows: [{ name: b }] });
  });

  it('a statement keeps its tenant among thousands of others on two connections', async () => {
    const results = await Promise.all(
      Array.from({ length: 2000 }, (_, index) => (index % 2 === 0 ? a : b)).map(async (id) => ({ id, rows: (await as(id, () => pool.query(names))).rows })),
    );
    expect(results.filter(({ id, rows }) => rows.length !== 1 || (rows[0] as { name: string }).name !== id)).toEqual([]);
    expect(pool.totalCount).toBeLessThanOrEqual(2);
  });
});

describe('quick reads, which share connections', () => {
  const lanes = new TenantPool({ connectionString: app, application_name: 'lanes', statementTimeoutMillis: 1500 }, () => undefined);
  const read = (id: string, text = 'select name, $1::text from teams where name = $1 order by name', values: unknown[] = [id], name = text.slice(0, 60)) =>
    lanes.read(id, { name, text, values, rowMode: 'array', quick: true });
  afterAll(() => lanes.end());

  it('each read sees the rows of its tenant, from the first batch on', async () => {
    for (const count of [20, 2000]) {
      const results = await Promise.all(
        Array.from({ length: count }, (_, index) => (index % 2 === 0 ? a : b)).map(async (id) => ({
          id,
          rows: (await read(id, 'select name from teams where $1 <> name', ['x'])).rows,
        })),
      );
      expect(results.filter(({ id, rows }) => rows.length !== 1 || (rows[0] as unknown as string[])[0] !== id)).toEqual([]);
    }
    const { rows } = await as(a, () => pool.query(`select count(*)::int as connections from pg_stat_activity where application_name = 'lanes' and datname = current_database()`));
    expect(rows).toEqual([{ connections: 2 }]);
  });

  it('rows are those of the read that asked, of statements with and without rows', async () => {
    const results = await Promise.all([read(a), read(b), read(a, undefined, [b]), read(b, 'select 1 from teams where name = $1', ['none'], ''), read(a)]);
    expect(results.map(({ rows }) => rows)).toEqual([[[a, a]], [[b, b]], [], [], [[a, a]]]);
  });

  it('the error of a read concerns no other', async () => {
    const failing = [read(a, 'select 1 / $1::int', ['0']), read(a, 'selec', []), read(a, 'select pg_sleep($1::float)', ['2'])];
    const results = await Promise.allSettled([failing[0], read(a), failing[1], read(b), failing[2], read(b)]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value?.rows : String(result.reason)))).toEqual([
      expect.stringContaining('division by zero'),
      [[a, a]],
      expect.stringContaining('syntax error'),
      [[b, b]],
      expect.stringContaining('statement timeout'),
      [[b, b]],
    ]);
    await expect(read(a, 'select 1 / $1::int', ['1'])).resolves.toMatchObject({ rows: [[1]] });
  });

  it('a read after one that writes is refused nothing and binds its own tenant', async () => {
    await read(a, `select set_config('app.current_organization_id', $1, false)`, [a]);
    await expect(read(b)).resolves.toMatchObject({ rows: [[b, b]] });
  });

  it('connections that the server closed are opened again', async () => {
    const lost: string[] = [];
    lanes.on('error', (error: Error) => lost.push(error.message));
    const waiting = Promise.allSettled([read(a, 'select pg_sleep(60)', []), read(a)]);
    expect(await closeConnections(app, 'lanes')).toBe(2);
    expect((await waiting).map(({ status }) => status)).toContain('rejected');
    for (let round = 0; round < 3; round += 1) await Promise.allSettled([read(a), read(b)]);
    await expect(Promise.all([read(a), read(b)])).resolves.toMatchObject([{ rows: [[a, a]] }, { rows: [[b, b]] }]);
    expect(lost.join()).toMatch(/terminat/);
  });

  it('a read whose prepared statement is out of date is sent again, and its connection is replaced after the reads that wait', async () => {
    await read(a);
    const results = await Promise.all([read(a, 'deallocate all', [], ''), read(a), read(b, 'select 2', [], '')]);
    expect(results.map(({ rows }) => rows)).toEqual([[], [[a, a]], [[2]]]);
    await expect(Promise.all([read(a), read(b)])).resolves.toMatchObject([{ rows: [[a, a]] }, { rows: [[b, b]] }]);
  });

  it('a pool that ends answers the reads that wait', async () => {
    const ending = new TenantPool({ connectionString: app }, () => undefined);
    const statement = { text: 'select pg_sleep(0.05)', rowMode: 'array', quick: true } as const;
    await ending.read(a, statement);
    const reads = Promise.all([ending.read(a, statement), ending.read(a, statement)]);
    await new Promise((resolve) => setImmediate(resolve));
    await ending.end();
    await expect(reads).resolves.toHaveLength(2);
  });

  it('a pool that has ended opens no connection again', async () => {
    const ended = new TenantPool({ connectionString: app }, () => undefined);
    await ended.end();
    await expect(ended.read(a, { text: 'select 1', quick: true })).rejects.toThrow('after calling end');
  });

  it('a value that cannot be written concerns no other read', async () => {
    const unwritable = {
      toPostgres: () => {
        throw new Error('no value');
      },
    };
    const text = 'select name from teams where name = $1 limit 1';
    const results = await Promise.allSettled([read(a), read(a, text, [unwritable]), read(b, text, [b]), read(b), read(a, text, [a])]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.rows : String(result.reason)))).toEqual([[[a, a]], 'Error: no value', [[b]], [[b, b]], [[a]]]);
  });

  it('reads share the connection that there is while the server refuses another one', async () => {
    let connections = 0;
    const proxy = await databaseProxy(app, (send) => ((connections += 1) === 1 ? { send } : { answer: unsupportedParameter('any') }));
    const one = new TenantPool({ connectionString: proxy.url }, () => undefined);
    const statement = { text: 'select 1', rowMode: 'array', quick: true } as const;
    await one.read(a, statement);
    for (let round = 0; round < 2; round += 1) await expect(Promise.all(Array.from({ length: 50 }, () => one.read(a, statement)))).resolves.toHaveLength(50);
    expect(connections).toBeGreaterThan(1);
    await one.end();
    await proxy.close();
  });

  describe('that are not answered', () => {
    const statement = (text: string) => ({ text, rowMode: 'array', quick: true }) as const;
    const outcome = (read: Promise<pg.QueryResult>): Promise<unknown> =>
      read.then(
        ({ rows }) => rows,
        (error: { code: string }) => error.code,
      );
    const patient = (connectionString: string, patience: number, statementTimeoutMillis = 5000): TenantPool => {
      const options = { connectionString, connectionTimeoutMillis: patience, application_name: `patient for ${patience}`, statementTimeoutMillis };
      const reading = new TenantPool(options, () => undefined);
      reading.on('error', () => undefined);
      return reading;
    };

    it('fail in time, with those behind them, and later ones use other connections', async () => {
      // Long enough to open a connection on a busy machine.
      const slow = patient(app, 1500);
      const send = (text: string): Promise<unknown> => outcome(slow.read(a, statement(text)));
      await Promise.all(Array.from({ length: 20 }, () => send('select 1')));
      // The first of each batch, so one on each connection.
      const unanswered = await Promise.all(Array.from({ length: 32 }, (_, index) => send(index % 16 === 0 ? 'select pg_sleep(4.5)' : 'select 1')));
      expect(new Set(unanswered)).toEqual(new Set(['ETIMEDOUT']));
      expect(await send('select 1')).toEqual([[1]]);
      await slow.end();
    });

    it('fail while the network has lost the server, and work when it is found again', async () => {
      const proxy = await databaseProxy(app, (send) => ({ send }));
      const far = patient(proxy.url, 1500);
      const send = (): Promise<unknown> => outcome(far.read(a, statement('select 1')));
      const both = (): Promise<unknown[]> => Promise.all(Array.from({ length: 32 }, send));
      await both();
      await both();
      proxy.silence();
      expect(new Set(await both())).toEqual(new Set(['ETIMEDOUT']));
      expect(new Set((await both()).flat(3))).toEqual(new Set([1]));
      proxy.silence();
      const waiting = send();
      await far.end();
      expect(await waiting).not.toEqual([[1]]);
      await proxy.close();
    });

    it('fail in time behind a lock that stays, without ever more sessions, and without those of other tables', async () => {
      // Long enough to open a connection on a busy machine, and shorter than the timeout of a statement.
      const locked = patient(app, 1400, 2000);
      const send = (table: string): Promise<unknown> => outcome(locked.read(a, statement(`select name from ${table}`)));
      const other = new pg.Client({ connectionString: owner });
      await other.connect();
      await other.query('begin; lock table teams');
      try {
        for (let round = 0; round < 4; round += 1) {
          expect(await send('teams')).toBe('ETIMEDOUT');
          expect(await send('organizations')).toEqual([['Name']]);
        }
        const sessions = async (): Promise<number> => {
          const { rows } = await as(a, () => pool.query(`select count(*)::int as sessions from pg_stat_activity where application_name = 'patient for 1400'`));
          return (rows[0] as { sessions: number }).sessions;
        };
        // The statements reach their timeout behind the lock, and what remains are the two lanes.
        expect(await eventually(sessions, (count) => count <= 2, 10_000)).toBeLessThanOrEqual(2);
      } finally {
        await other.end();
      }
      expect(
        await eventually(
          () => send('teams'),
          (names) => Array.isArray(names),
          5000,
        ),
      ).toEqual([[a]]);
      await locked.end();
    });
  });

  it('a read fails with the error of the connection when there is none', async () => {
    const unreachable = new TenantPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }, () => undefined);
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(unreachable.read(a, { text: 'select 1', quick: true })).rejects.toThrow('ECONNREFUSED');
    await unreachable.end();
  });
});

describe("a transaction on the tenants' pool", () => {
  it('a transaction is bound from BEGIN, and can state its isolation level', async () => {
    const client = await as(a, () => pool.connect());
    await client.query({ text: 'BEGIN isolation level serializable', rowMode: 'array', values: [] });
    expect((await as(b, () => client.query(names))).rows).toEqual([{ name: a }]);
    await client.query('savepoint s');
    await expect(client.query('selec')).rejects.toThrow('syntax error');
    await client.query('rollback to savepoint s');
    expect((await client.query(names)).rows).toEqual([{ name: a }]);
    await client.query('commit');
    await expect(client.query(names)).rejects.toThrow('only between BEGIN');
    client.release();
  });

  it('a client refuses statements before BEGIN', async () => {
    const client = await as(a, () => pool.connect());
    await expect(client.query(names)).rejects.toThrow('only between BEGIN');
    client.release();
  });

  it('statements that are sent at once run one after the other, bound to their tenant', async () => {
    const client = await as(a, () => pool.connect());
    const [, { rows }, , late] = await Promise.all([client.query('begin'), client.query(names), client.query('commit'), client.query(names).catch(String)]);
    expect({ rows, late }).toEqual({ rows: [{ name: a }], late: expect.stringContaining('only between BEGIN') });
    client.release();
  });

  it('a statement that waits when its connection is returned does not run', async () => {
    const client = await as(a, () => pool.connect());
    await client.query('begin');
    const statements = [client.query('select pg_sleep(0.05)'), client.query(names)];
    client.release();
    const [, waited] = await Promise.allSettled(statements);
    expect(waited).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('only between BEGIN') } });
  });

  it('an open transaction does not share its connection', async () => {
    const client = await as(a, () => pool.connect());
    await client.query('begin');
    await client.query(names);
    const before = pool.totalCount;
    client.release();
    expect(pool.totalCount).toBe(before - 1);
  });
});
