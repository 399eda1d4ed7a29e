import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { platformRunners, tenantRunners } from '../../../src/database/pool-runners.js';
import { lastStatement } from '../../../src/database/transactions.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { Prisma, PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import { createPlatformClient } from '../../../src/tenancy/platform-extension.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient, type TenantTransactionOf } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { testDatabase } from '../../support/database.js';
import { invitationColumns, invitationRow, invitationValues } from '../../support/sample-row.js';

const { app, platform } = testDatabase();
const organizationId = randomUUID();
const context = new TenantContext();
const superuser = new pg.Pool({ connectionString: platform, max: 2 });
/** One connection each: a transaction that waited for a second one would wait for ever. */
const tenantPool = new TenantPool({ connectionString: app, max: 1, connectionTimeoutMillis: 20_000 }, () => wireBinding.current());
const platformPool = new PlatformPool({ connectionString: platform, max: 1, connectionTimeoutMillis: 20_000 });
const tenantDb = createTenantClient(new PrismaClient({ adapter: new PrismaPg(tenantPool as unknown as pg.Pool) }), {
  schema: tenantSchema,
  context,
  runners: tenantRunners(tenantPool, true),
});
const platformDb = createPlatformClient(new PrismaClient({ adapter: new PrismaPg(platformPool) }), platformRunners(platformPool, true));

beforeAll(async () => {
  await superuser.query('insert into organizations (id, name, slug, plan) values ($1, $2, $3, $4)', [organizationId, 'Org', `tx-${organizationId.slice(0, 8)}`, 'free']);
});
afterEach(async () => {
  // Each test leaves the connections as it found them.
  expect({ tenant: [tenantPool.idleCount, tenantPool.waiting], platform: [platformPool.idleCount, platformPool.waiting] }).toEqual({
    tenant: [tenantPool.totalCount, 0],
    platform: [platformPool.totalCount, 0],
  });
  const { rows } = await superuser.query(`select state from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' and query ~ $1`, [
    organizationId,
  ]);
  expect(rows).toEqual([]);
});
afterAll(async () => {
  await superuser.query('delete from organizations where id = $1', [organizationId]);
  await tenantDb.$disconnect();
  await platformDb.$disconnect();
  await Promise.all([superuser.end(), tenantPool.end(), platformPool.end()]);
});

type Transaction = TenantTransactionOf<PrismaClient>;

const inTenant = <Result>(work: () => Promise<Result>): Promise<Result> => context.run({ organizationId, actor: { kind: 'job', name: 'test' } }, work);
const columns = Prisma.raw(invitationColumns);
const rowOf = (message: string): { data: never } => ({ data: { organizationId, ...invitationRow(message) } as never });
const named = async (name: string): Promise<number> =>
  (await superuser.query<{ n: number }>('select count(*)::int as n from invitations where organization_id = $1 and message = $2', [organizationId, name])).rows[0]?.n ?? 0;

/**
 * Repeats a scenario with more time for its transaction, until the machine was fast enough for what comes before its mark. Only that attempt decides.
 */
async function inTime(scenario: (timeout: number, mark: () => void) => Promise<void>): Promise<void> {
  for (let timeout = 40; ; timeout *= 2) {
    const began = performance.now();
    let took = Number.POSITIVE_INFINITY;
    const [result] = await Promise.allSettled([scenario(timeout, () => (took = performance.now() - began))]);
    if (took >= timeout) continue;
    if (result.status === 'rejected') throw result.reason;
    return;
  }
}

type Transact = <Result>(work: (tx: Transaction) => Promise<Result>, options?: { timeout?: number }) => Promise<Result>;
type Write = (row: { data: never }) => Promise<unknown>;
const clients: readonly [string, Transact, Write][] = [
  ['TenantDb', (work, options) => inTenant(() => tenantDb.$transaction(work, options)), (row) => inTenant(async () => tenantDb.invitation.create(row))],
  ['PlatformDb', (work, options) => platformDb.$transaction(work as never, options) as never, async (row) => platformDb.invitation.create(row)],
];

describe.each(clients)('a transaction of %s', (client, transact, write) => {
  const title = (what: string): string => `${what} ${client}`;

  it('runs statements of Prisma and its own on one connection, and commits them together', async () => {
    const name = title('both');
    const seen = await transact(async (tx) => {
      const { id } = await tx.invitation.create(rowOf(name));
      const updated = await tx.invitation.update({ where: { organizationId_id: { organizationId, id } }, data: { role: { set: 'changed' } } });
      return {
        role: updated.role,
        count: (await tx.invitation.aggregate({ where: { message: name }, _count: true }))._count,
        outside: await named(name),
        found: await tx.invitation.findFirst({ where: { id } }),
      };
    });
    expect(seen).toMatchObject({ role: 'changed', count: 1, outside: 0, found: { role: 'changed' } });
    expect(await named(name)).toBe(1);
  });

  it('rolls back the statements of Prisma and its own together', async () => {
    const name = title('neither');
    const failed = transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await tx.invitation.aggregate({ _count: true });
      await tx.invitation.create(rowOf(name));
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    expect(await named(name)).toBe(0);
  });

  it('sends nothing when its work makes no statement', async () => {
    expect(await transact(async () => Promise.resolve('nothing'))).toBe('nothing');
  });

  it('continues after an error under a savepoint', async () => {
    const name = title('saved');
    await transact(async (tx) => {
      await tx.$executeRaw`savepoint one`;
      await expect(tx.$executeRaw`select 1 / 0`).rejects.toThrow('division by zero');
      await tx.$executeRaw`rollback to savepoint one`;
      await tx.invitation.create(rowOf(name));
    });
    expect(await named(name)).toBe(1);
  });

  it('is rolled back when its first statement fails, and the connection works afterwards', async () => {
    await expect(transact(async (tx) => tx.$queryRaw`select missing from invitations`)).rejects.toThrow('missing');
    await expect(transact(async (tx) => tx.$queryRaw`select missing from invitations`)).rejects.toThrow('missing');
    expect(await transact(async (tx) => tx.$queryRaw`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  it('plans its statements for tables that grow', async () => {
    const plan = await transact((tx) => tx.$queryRaw<{ 'QUERY PLAN': string }[]>`explain (costs off) select from invitations where organization_id = ${organizationId}::uuid`);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('Index');
    expect(text).not.toContain('Seq Scan');
  });

  it('commits with its last statement', async () => {
    const name = title('last');
    const outside = await transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await lastStatement(() => tx.invitation.create(rowOf(name)));
      return named(name);
    });
    expect(outside).toBe(2);
    await transact(async (tx) => lastStatement(() => tx.invitation.create(rowOf(name))));
    expect(await named(name)).toBe(3);
  });

  it('commits as usual when Prisma runs its last statement', async () => {
    const name = title('of Prisma');
    await transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await lastStatement(() => tx.invitation.aggregate({ _count: true }));
      await tx.invitation.create(rowOf(name));
    });
    expect(await named(name)).toBe(2);
  });

  it('is rolled back when its last statement fails', async () => {
    const name = title('failed');
    const failed = transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await lastStatement(() => tx.$executeRaw`select 1 / 0`);
    });
    await expect(failed).rejects.toThrow('division by zero');
    expect(await named(name)).toBe(0);
  });

  it.each([
    ['update', (tx: Transaction) => tx.invitation.update({ where: { organizationId_id: { organizationId, id: randomUUID() } }, data: { role: 'none' } })],
    ['delete', (tx: Transaction) => tx.invitation.delete({ where: { organizationId_id: { organizationId, id: randomUUID() } } })],
    ['read', (tx: Transaction) => tx.invitation.findFirstOrThrow({ where: { id: randomUUID() } })],
  ])('is rolled back when the row is missing that its last statement needs (%s)', async (what, last) => {
    const name = title(`missing ${what}`);
    const failed = transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await lastStatement(() => last(tx) as PromiseLike<unknown>);
    });
    await expect(failed).rejects.toMatchObject({ code: 'P2025' });
    expect(await named(name)).toBe(0);
  });

  it('does not commit with its last statement after a statement that has failed', async () => {
    const name = title('clumsy');
    const failed = transact(async (tx) => {
      await tx.invitation.create(rowOf(name));
      await Promise.resolve(tx.$executeRaw`select 1 / 0`).catch(() => undefined);
      await lastStatement(() => tx.$executeRaw`select 1`);
    });
    await expect(failed).rejects.toThrow('current transaction is aborted');
    expect(await named(name)).toBe(0);
  });

  it('fails when the commit of its last statement fails', async () => {
    const name = title('deferred');
    const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
    const admin = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(app).pathname }).href });
    await admin.connect();
    try {
      await admin.query(`create function public.refuse_late() returns trigger language plpgsql as 'begin raise exception ''too late''; end';
                         create constraint trigger refuse_late after insert on invitations deferrable initially deferred for each row
                           when (new.organization_id = '${organizationId}') execute function public.refuse_late()`);
      const failed = transact((tx) => lastStatement(() => tx.invitation.create(rowOf(name))));
      await expect(failed).rejects.toThrow(/too late/);
    } finally {
      await admin.query('drop function public.refuse_late cascade');
      await admin.end();
    }
    expect(await named(name)).toBe(0);
  });

  // The event cannot be written at the COMMIT, or the statement itself fails; it begins the transaction, or is not its first statement.
  it.each([
    ['commit', true],
    ['commit', false],
    ['statement', true],
    ['statement', false],
  ])('fails, and sends nothing more, when its work catches the error of its last statement (%s, first: %s)', async (fails, first) => {
    const name = title(`caught ${fails} ${first}`);
    const expected = fails === 'commit' ? /json/ : /division by zero/;
    const caught: unknown[] = [];
    const keep = (error: unknown): void => void caught.push(error);
    const failed = transact(async (tx) => {
      if (!first) await tx.invitation.create(rowOf(name));
      const last = lastStatement(
        () => tx.$executeRaw`with made as (insert into invitations (${columns}) values (${Prisma.raw(invitationValues(`'${organizationId}'::uuid`, `'${name}'`))}) returning 1)
          select set_config('app.audit', 'no json', true), 1 / ${fails === 'commit' ? 1 : 0} from made`,
      );
      await last.catch(keep);
      await Promise.resolve(tx.invitation.create(rowOf(name))).catch(keep);
    });
    await failed.catch(keep);
    expect(caught).toEqual(Array(3).fill(expect.objectContaining({ message: expect.stringMatching(expected) as unknown })));
    expect(await named(name)).toBe(0);
  });

  it.each(['during', 'after'])('is committed when its time is over %s its last statement', async (when) => {
    await inTime(async (timeout, mark) => {
      const name = title(`${when} ${timeout} ms`);
      const done = transact(
        async (tx) => {
          await tx.invitation.create(rowOf(name));
          mark();
          await lastStatement(() => (when === 'during' ? tx.$executeRaw`select pg_sleep(${timeout / 400}::float8)` : tx.$executeRaw`select 1`));
          await setTimeout(when === 'during' ? 0 : 2 * timeout);
          return 'done';
        },
        { timeout },
      );
      await expect(done).resolves.toBe('done');
      expect(await named(name)).toBe(1);
    });
  });

  it.each([true, false])('returns its connection without a transaction when its work gives up after its time (first statement: %s)', async (first) => {
    await inTime(async (timeout, mark) => {
      const name = title(`given up ${first} ${timeout} ms`);
      const gaveUp = transact(
        async (tx) => {
          if (!first) await tx.invitation.create(rowOf(name));
          mark();
          const slow = tx.$executeRaw`insert into invitations (${columns}) select ${Prisma.raw(invitationValues(`'${organizationId}'::uuid`, `'${name}'`))} from pg_sleep(${timeout / 200}::float8)`;
          await Promise.race([slow, setTimeout(2 * timeout).then(() => Promise.reject(new Error('gave up')))]);
        },
        { timeout },
      );
      await expect(gaveUp).rejects.toThrow('gave up');
      await write(rowOf(`${name}, next`));
      expect([await named(name), await named(`${name}, next`)]).toEqual([0, 1]);
    });
  });

  it('executes nothing after its end', async () => {
    let kept: Transaction | undefined;
    await transact(async (tx) => {
      kept = tx;
      await lastStatement(() => tx.invitation.create(rowOf(title('kept'))));
      await expect(tx.invitation.findFirst({})).rejects.toMatchObject({ code: 'NO_TRANSACTION' });
    });
    await inTenant(async () => {
      await expect(kept?.invitation.findFirst({})).rejects.toThrow('only between BEGIN and COMMIT');
      await expect(kept?.invitation.aggregate({ _count: true })).rejects.toThrow('a transaction that has ended');
    });
  });

  it('is rolled back when its time is over', async () => {
    const name = title('late');
    const late = transact(
      async (tx) => {
        await tx.invitation.create(rowOf(name));
        await tx.invitation.aggregate({ _count: true });
        await tx.$executeRaw`select pg_sleep(0.1)`;
      },
      { timeout: 40 },
    );
    await expect(late).rejects.toMatchObject({ code: 'ROLLED_BACK' });
    expect(await named(name)).toBe(0);
  });
});
