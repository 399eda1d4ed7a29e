import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import type { ChainReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { logVerification } from '../support/audit.js';
import { runTenantry } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';

let replicas: Replicas;
let pool: PlatformPool;
beforeAll(async () => {
  replicas = await Replicas.start(2);
  pool = new PlatformPool({ connectionString: replicas.database.platform, max: 1 });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await replicas.end();
});

const waiting = async (): Promise<number> => (await replicas.rows('select from audit.pending')).length;
const verified = async (): Promise<readonly ChainReport[]> => (await logVerification(pool).verifyLog(replicas.organizationId)).chains;
const recorded = async (prefix: string): Promise<string[]> =>
  (
    await replicas.rows<{ name: string }>(
      `select c -> 'after' ->> 'name' as name from audit.events e cross join jsonb_array_elements(e.details) c where e.organization_id = $1 and c -> 'after' ->> 'name' like $2`,
      replicas.organizationId,
      `${prefix}%`,
    )
  ).map(({ name }) => name);
const create = (name: string, number: number): Promise<number> =>
  replicas
    .owner(number)
    .post(`${replicas.home}/teams`, { name })
    .then(
      ({ status }) => status,
      () => 0, // the process has ended
    );

describe('servers that chain events', () => {
  it('two servers chain the events of both within seconds, each once', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `both ${n}`);
    expect(new Set(await Promise.all(names.map(create)))).toEqual(new Set([201]));
    await eventually(waiting, (count) => count === 0, 5000);
    expect((await recorded('both')).toSorted()).toEqual(names.toSorted());
    expect(await verified()).toMatchObject([{ bad: undefined }]);
  });

  it('events of a server that is killed are chained by the other, each once', async () => {
    const created = new Set<string>();
    // Until the server answers no more.
    const write = async (worker: number, n = 0): Promise<void> => {
      if ((await create(`killed ${worker}-${n}`, 0)) !== 201) return;
      created.add(`killed ${worker}-${n}`);
      await write(worker, n + 1);
    };
    const writers = Array.from({ length: 4 }, (_, worker) => write(worker));
    await eventually(
      () => Promise.resolve(created.size),
      (size) => size > 50,
      10_000,
    );
    await replicas.processes[0]?.end('SIGKILL');
    await Promise.all(writers);
    // The catch-up of the other server.
    await eventually(waiting, (count) => count === 0, 20_000);
    const events = await recorded('killed');
    expect(new Set(events).size).toBe(events.length);
    expect(events).toEqual(expect.arrayContaining([...created]));
    expect(await verified()).toMatchObject([{ bad: undefined }]);
    await replicas.replace(0);
  }, 60_000);

  it('a server that shuts down chains its events', async () => {
    for (const number of [0, 1]) expect(await create(`last ${number}`, number)).toBe(201);
    for (const process of replicas.processes) await process.end('SIGTERM');
    expect(await waiting()).toBe(0);
    expect(await recorded('last')).toHaveLength(2);
  }, 30_000);

  it('audit:verify fails when no server has chained an event for a minute, and leaves it as it is; a server chains it at its start', async () => {
    await replicas.rows(`insert into teams (organization_id, id, name) values ($1, gen_random_uuid(), 'manual')`, replicas.organizationId);
    const verify = async (): Promise<{ code: number | null; waiting?: object }> => {
      const { code, out } = await runTenantry(replicas.env, 'audit:verify', '--json');
      return { code, ...(JSON.parse(out) as object) };
    };
    expect(await verify()).toMatchObject({ code: 0 });
    await replicas.database.alter(
      'alter table audit.pending disable trigger keep',
      `update audit.pending set occurred_at = occurred_at - interval '2 minutes'`,
      'alter table audit.pending enable trigger keep',
    );
    expect(await verify()).toMatchObject({ code: 1, waiting: { transactions: 1 } });
    expect(await waiting()).toBe(1);
    await replicas.replace(0);
    await eventually(waiting, (count) => count === 0, 5000);
    expect(await verify()).toMatchObject({ code: 0 });
    expect(await recorded('manual')).toHaveLength(1);
  }, 120_000);

  it('an idle server asks the database only every 15 seconds', async () => {
    const calls = async (): Promise<number> =>
      Number((await replicas.rows<{ n: string }>(`select coalesce(sum(idx_scan), 0) as n from pg_stat_user_tables where relid = 'audit.pending'::regclass`))[0]?.n);
    const before = await eventually(calls, (count) => count > 0, 5000);
    await new Promise((resolve) => void setTimeout(resolve, 5000));
    expect((await calls()) - before).toBeLessThan(10);
  }, 30_000);
});
