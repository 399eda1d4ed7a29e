import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { testDatabase } from '../../support/database.js';

const { app, platform } = testDatabase();
const organizationId = randomUUID();
const readNote = `select current_setting('app.audit', true) as note`;
const note = '{"actorKind":"system"}';

const tenantPool = new TenantPool(
  { connectionString: app, max: 1 },
  () => organizationId,
  () => ({ note }),
);
const platformPool = new PlatformPool({ connectionString: platform, max: 1 }, () => ({ note }));
afterAll(() => Promise.all([tenantPool.end(), platformPool.end()]));

type Pool = TenantPool | PlatformPool;
const pools: [string, Pool][] = [
  ['the tenant pool', tenantPool],
  ['the platform pool', platformPool],
];
type Answer = pg.QueryResult<{ note: string | null }>;
const noteIn = ({ rows }: Answer): string | undefined => rows[0]?.note || undefined;
const readWith = (pool: Pool, name?: string): Promise<Answer> =>
  pool instanceof TenantPool ? pool.read(organizationId, { text: readNote, name }) : pool.read({ text: readNote, name });

describe.each(pools)('%s', (_, pool) => {
  it('sends the audit note with a query, and not with a read', async () => {
    expect(noteIn((await pool.query({ text: readNote })) as Answer)).toBe(note);
    expect(noteIn((await pool.query({ text: readNote, name: 'note' })) as Answer)).toBe(note);
    expect(noteIn(await readWith(pool, 'note'))).toBeUndefined();
    expect(noteIn(await readWith(pool))).toBeUndefined();
  });

  it('sends the audit note with a transaction', async () => {
    const client = (await pool.connect()) as pg.PoolClient;
    await client.query('begin');
    const { rows } = await client.query<{ note: string }>(readNote);
    await client.query('rollback');
    client.release();
    expect(rows).toEqual([{ note }]);
  });
});

describe('the tenant client', () => {
  const context = new TenantContext();
  const asked: boolean[] = [];
  const pool = new TenantPool(
    { connectionString: app, max: 1 },
    () => wireBinding.current(),
    () => {
      asked.push(wireBinding.options().writes ?? true);
      return {};
    },
  );
  const db = createTenantClient(new PrismaClient({ adapter: new PrismaPg(pool as unknown as pg.Pool) }), { schema: tenantSchema, context });
  afterAll(async () => {
    await db.$disconnect();
    await pool.end();
  });

  it('declares model reads as statements that write nothing, and everything else, raw SELECTs too, as writing', async () => {
    await context.run({ organizationId, actor: { kind: 'job', name: 'test' } }, async () => {
      await db.team.findMany();
      await db.team.findUnique({ where: { organizationId_id: { organizationId, id: randomUUID() } } });
      await db.team.count();
      await db.$queryRaw`select 1`;
      await db.team.updateMany({ where: { name: 'none' }, data: { name: 'other' } });
    });
    expect(asked).toEqual([false, false, false, true, true]);
  });
});
