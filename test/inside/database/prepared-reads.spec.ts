import { isDeepStrictEqual } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PreparedReads } from '../../../src/database/reads/prepared-reads.js';
import { statementNames } from '../../../src/database/wire/prepared-statement-names.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { modelColumns } from '../../../src/generated/model-columns.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import type { PlatformDb, PlatformTransaction } from '../../../src/database/platform-db.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import type { Args } from '../../../src/tenancy/model-kind.js';
import { createPlatformClient } from '../../../src/tenancy/platform-extension.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { Catalog, Planter, withoutChecks } from '../../support/isolation/planter.js';

type Row = Readonly<Record<string, unknown>>;
type Delegate = Readonly<Record<string, (args: unknown) => PromiseLike<unknown>>>;

const models = Object.keys(tenantSchema);
/** The types that prepared reads leave to Prisma. */
const isUnknown = (model: string): boolean => Object.values(modelColumns[model] ?? {}).some(({ type }) => ['Bytes', 'Decimal', 'Float'].includes(type));

/** Rows without an order are compared in any order. */
const sorted = (rows: unknown): unknown => (Array.isArray(rows) ? [...(rows as unknown[])].sort((a, b) => text(a).localeCompare(text(b))) : rows);
const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

/** Every kind of condition, selection and order that the schema allows on a model, with the values of one of its rows. */
function readsOf(model: string, row: Row): Args[] {
  const fields = Object.entries(tenantSchema[model]?.fields ?? {});
  const scalars = fields.filter(([name, { kind }]) => kind === 'scalar' && !Array.isArray(row[name])).map(([name]) => name);
  const conditions = scalars.flatMap((name): Args[] => {
    const value = row[name];
    if (value === null) return [{ [name]: null }, { [name]: { not: null } }, { [name]: { equals: null } }];
    if (typeof value === 'object' && !(value instanceof Date)) return [];
    const compared = modelColumns[model]?.[name]?.type === 'Enum' ? [] : [{ [name]: { gte: value } }, { [name]: { lt: value } }];
    if (typeof value === 'boolean') return [{ [name]: value }, { [name]: { not: value } }];
    return [
      { [name]: value },
      { [name]: { not: value } },
      { [name]: { in: [value] } },
      { [name]: { in: [] } },
      { OR: [{ [name]: value }, { AND: [{ [name]: value }] }] },
      ...compared,
    ];
  });
  const relations = fields.flatMap(([name, field]): Args[] => {
    if (field.kind !== 'relation') return [];
    const first = Object.keys(modelColumns[field.model] ?? {}).find((column) => modelColumns[field.model]?.[column]?.type === 'Uuid') as string;
    const other = '00000000-0000-4000-8000-000000000000';
    const filters = field.list ? [{ some: {} }, { none: {} }] : [{ is: {} }, {}, { is: { [first]: { not: other } } }, { [first]: { not: other } }];
    return [{ include: { [name]: true } }, { select: { [name]: { select: { [first]: true } } } }, ...filters.map((filter) => ({ where: { [name]: filter } }))];
  });
  const [first = 'id'] = scalars;
  return [{}, { take: 1, orderBy: [{ [first]: 'asc' }] }, { orderBy: { [first]: 'desc' } }, { select: { [first]: true } }, ...conditions.map((where) => ({ where })), ...relations];
}

describe('prepared reads', () => {
  let database: ScratchDatabase;
  let look: pg.Client;
  let pool: PlatformPool;
  let prisma: PrismaClient;
  let reads: PreparedReads;
  beforeAll(async () => {
    database = await scratchDatabase();
    look = new pg.Client({ connectionString: database.platform });
    await look.connect();
    await database.alter(withoutChecks);
    const catalog = await Catalog.read(look);
    for (let organizations = 0; organizations < 2; organizations += 1) await new Planter(look, catalog).plant();
    pool = new PlatformPool({ connectionString: database.platform, max: 2 });
    prisma = new PrismaClient({ adapter: new PrismaPg(new pg.Pool({ connectionString: database.platform, max: 2 }), { disposeExternalPool: true }) });
    reads = new PreparedReads({ schema: tenantSchema, columns: modelColumns, nameOf: statementNames(), send: (_, statement) => pool.read(statement) });
  }, 60_000);
  afterAll(async () => {
    await prisma.$disconnect();
    await pool.end();
    await look.end();
    await database.drop();
  });

  it.each(models)('return what Prisma returns, for each kind of read of %s', async (model) => {
    const delegate = (prisma as unknown as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;
    const row = (await delegate['findFirst']?.({})) as Row | null;
    const different: unknown[] = [];
    const compare = async (args: Args): Promise<boolean> => {
      const rows = await reads.run(undefined, model, 'findMany', args);
      if (rows === undefined) return false;
      // Twice: the second time the shape is known.
      const again = await reads.run(undefined, model, 'findMany', args);
      const expected = sorted(await delegate['findMany']?.(args));
      if (!isDeepStrictEqual([sorted(rows), sorted(again)], [expected, expected])) different.push({ args, rows, expected });
      return true;
    };
    expect(await compare({})).toBe(!isUnknown(model));
    await Promise.all((row === null ? [] : readsOf(model, row)).map(compare));
    expect(different).toEqual([]);
  });

  it.each([
    ['a text for a number', 'Organization', { where: { accessVersion: '1' } }],
    ['a number for a text', 'Organization', { where: { name: 1 } }],
    ['a text for a time', 'Organization', { where: { createdAt: '2026-01-01T00:00:00Z' } }],
    ['an unknown value of an enum', 'Organization', { where: { status: 'closed' } }],
    ['an unknown field', 'Organization', { where: { title: 'x' } }],
    ['an unknown operator', 'Organization', { where: { name: { is: 'x' } } }],
    ['text search', 'Organization', { where: { name: { contains: 'x', mode: 'insensitive' } } }],
    ['a condition on JSON', 'Organization', { where: { address: { path: ['city'], equals: 'x' } } }],
    ['a cursor', 'Project', { cursor: { organizationId_id: { organizationId: 'x', id: 'x' } } }],
    ['distinct', 'Project', { distinct: ['name'] }],
    ['rows from the end', 'Project', { take: -1 }],
    ['a limited list of a relation', 'Project', { include: { tasks: { take: 1 } } }],
    ['a counted relation', 'Project', { include: { _count: true } }],
    ['an order with nulls first', 'Project', { orderBy: { name: { sort: 'asc', nulls: 'first' } } }],
    ['an empty OR', 'Project', { where: { OR: [] } }],
    ['an empty condition in an OR', 'Project', { where: { OR: [{}, { name: 'x' }] } }],
    ['a field without a condition in an OR', 'Project', { where: { OR: [{ name: {} }, { name: 'x' }] } }],
    ['a limit without an order', 'Project', { take: 1 }],
    ['a limit beyond the integers of Prisma', 'Project', { take: 2 ** 40, orderBy: { name: 'asc' } }],
    ['an order of two fields in one object', 'Project', { orderBy: { name: 'asc', id: 'asc' } }],
    ['an undefined condition', 'Project', { where: undefined }],
    ['an undefined part of a condition', 'Project', { where: { AND: undefined } }],
    ['an undefined field of a condition', 'Project', { where: { name: undefined } }],
    ['an undefined field of a selection', 'Project', { select: { id: true, name: undefined } }],
    ['an undefined order', 'Project', { orderBy: { name: undefined } }],
    ['an undefined condition of a relation', 'Project', { include: { tasks: { where: undefined } } }],
    ['a list for a text', 'Organization', { where: { name: { equals: ['x'] } } }],
    ['a list for a text that must differ', 'Organization', { where: { name: { not: ['x'] } } }],
    ['a selection of nothing', 'Project', { select: {} }],
    ['a selection with an inclusion', 'Project', { select: { id: true }, include: { tasks: true } }],
    ['an inclusion of a field', 'Project', { include: { name: true } }],
  ])('leave %s to Prisma', async (_, model, args) => {
    expect(reads.run(undefined, model, 'findMany', args)).toBeUndefined();
    // Also when the shape is known.
    expect(reads.run(undefined, model, 'findMany', args)).toBeUndefined();
  });

  it.each([
    [{ where: { slug: 'x', name: 'y' } }, { where: { 'slug:$,name': 'y' } }],
    [{ where: { slug: { equals: 'x' } } }, { where: { slug: { equals: undefined } } }],
    [{ orderBy: [{ slug: 'asc' }] }, { orderBy: [{ slug: 'asc,' }] }],
    [{ select: { id: true } }, { select: { id: 'true' } }],
    [{ select: { id: true, slug: true } }, { select: { 'id:true,slug': true } }],
    [{ include: { projects: true } }, { include: { projects: true, name: undefined } }],
  ])('do not take arguments that Prisma refuses for those of another read: %j', async (supported: Args, refused: Args) => {
    const read = (args: Args): PromiseLike<unknown> | undefined => reads.run(undefined, 'Organization', 'findMany', args);
    expect(read(refused)).toBeUndefined();
    expect(Array.isArray(await read(supported))).toBe(true);
    expect(read(refused)).toBeUndefined();
  });

  it('do not remember the shape of a condition that is built from a long list', () => {
    const nameOf = jest.fn(() => 'name');
    const counted = new PreparedReads({ schema: tenantSchema, columns: modelColumns, nameOf, send: () => Promise.resolve({ rows: [] } as unknown as pg.QueryResult) });
    const read = (length: number): unknown => counted.run(undefined, 'Organization', 'findMany', { where: { OR: Array.from({ length }, () => ({ slug: 'x' })) } });
    for (const length of [10, 10, 1000, 1000]) void read(length);
    expect(nameOf).toHaveBeenCalledTimes(3);
  });

  it('do not confuse the values of two conditions', async () => {
    const rows = (await prisma.organization.findMany()) as Row[];
    const [one, two] = rows as [Row, Row];
    for (const { id, slug } of [one, two]) expect(await reads.run(undefined, 'Organization', 'findMany', { where: { slug, id: { not: id } } })).toEqual([]);
    for (const row of [one, two]) expect(await reads.run(undefined, 'Organization', 'findFirst', { where: { slug: row['slug'], id: row['id'] } })).toEqual(row);
  });

  it('read a time outside of the years 1 to 9999 as an invalid date, as Prisma does', async () => {
    for (const time of ['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC']) {
      await look.query('update organizations set created_at = $1', [time]);
      const args = { select: { createdAt: true } };
      const rows = (await reads.run(undefined, 'Organization', 'findMany', args)) as Row[];
      expect(rows.map(({ createdAt }) => Number(createdAt))).toEqual((await prisma.organization.findMany(args)).map(({ createdAt }) => Number(createdAt)));
      expect(Number(rows[0]?.['createdAt'])).toBeNaN();
    }
  });

  it('succeed after a migration has changed the type of a column', async () => {
    const read = (): PromiseLike<unknown> | undefined => reads.run(undefined, 'Project', 'findMany', { select: { name: true } });
    await Promise.all([read(), read()]);
    await database.alter('alter table projects alter column name type varchar(400)');
    expect(await Promise.all([read(), read(), read()])).toEqual(Array(3).fill(await prisma.project.findMany({ select: { name: true } })));
  });

  it.each(['TenantDb', 'PlatformDb'])('leave a read by the client of a transaction of %s to it, wherever the client was passed to', async (db) => {
    const context = new TenantContext();
    const { id } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const tenantPool = new TenantPool({ connectionString: database.app, max: 3 }, () => wireBinding.current());
    const options = { schema: tenantSchema, columns: modelColumns, nameOf: statementNames('tenantry_read') };
    const client =
      db === 'PlatformDb'
        ? createPlatformClient(new PrismaClient({ adapter: new PrismaPg(pool) }), reads)
        : createTenantClient(new PrismaClient({ adapter: new PrismaPg(tenantPool as unknown as pg.Pool) }), {
            schema: tenantSchema,
            context,
            reads: new PreparedReads({ ...options, send: (tenant, statement) => tenantPool.read(tenant, statement) }),
          });
    const args = { where: { id }, select: { locale: true } };
    const seen = await context.run({ organizationId: id, actor: { kind: 'job', name: 'test' } }, async () => {
      let passed: PlatformTransaction | undefined;
      let pass: (tx: PlatformTransaction) => void = () => undefined;
      const outside = new Promise<PlatformTransaction>((resolve) => (pass = resolve)).then(async (tx) => tx.organization.findFirst(args));
      const work = async (tx: PlatformTransaction): Promise<never> => {
        await tx.organization.updateMany({ where: { id }, data: { locale: 'de-DE' } });
        pass((passed = tx));
        throw Object.assign(new Error('rolled back'), { seen: [await tx.organization.findFirst(args), await outside] });
      };
      const begun = (client as PlatformDb).$transaction(work, db === 'PlatformDb' ? {} : ({ locksOrganization: true } as object));
      const rolledBack = (await begun.catch((error: unknown) => error)) as { seen: unknown };
      await expect(passed?.organization.findFirst(args)).rejects.toMatchObject({ code: 'P2028' });
      return rolledBack.seen;
    });
    await tenantPool.end();
    expect(seen).toEqual([{ locale: 'de-DE' }, { locale: 'de-DE' }]);
  });
});
