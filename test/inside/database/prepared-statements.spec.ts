import { inspect, isDeepStrictEqual } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PreparedReads } from '../../../src/database/reads/prepared-reads.js';
import { statementNames } from '../../../src/database/wire/prepared-statement-names.js';
import { platformRunners, tenantRunners } from '../../../src/database/pool-runners.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { Prisma, PrismaClient } from '../../../src/generated/prisma/client.js';
import { modelColumns } from '../../../src/generated/model-columns.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import type { PlatformDb, PlatformTransaction } from '../../../src/database/platform-db.js';
import { PreparedWrites } from '../../../src/database/writes/prepared-writes.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import type { Args } from '../../../src/tenancy/model-kind.js';
import { createPlatformClient } from '../../../src/tenancy/platform-extension.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding, type OpenConnection } from '../../../src/tenancy/wire-binding.js';
import { itInBothRuns, some } from '../../support/rounds.js';
import { invitationRow } from '../../support/sample-row.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { Catalog, Planter, withoutChecks } from '../../support/isolation/planter.js';

type Row = Readonly<Record<string, unknown>>;
const platform = { organizationId: undefined };
type Delegate = Readonly<Record<string, (args: unknown) => PromiseLike<unknown>>>;

const models = Object.keys(tenantSchema);
/** The types that prepared reads leave to Prisma. */
const isUnknown = (model: string): boolean => Object.values(modelColumns[model] ?? {}).some(({ type }) => ['Decimal', 'Float'].includes(type));

const nobody = '00000000-0000-4000-8000-000000000000';

/** Models of which all types of columns are known, those with the most types first. */
const byVariety = models
  .filter((model) => !isUnknown(model))
  .map((model) => [new Set(Object.values(modelColumns[model] ?? {}).map(({ type, list }) => `${type} ${list}`)).size, model] as const)
  .sort(([one], [other]) => other - one)
  .map(([, model]) => model);

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
    const counted = field.list ? [{ include: { _count: { select: { [name]: true } } } }, { select: { [first]: true, _count: { select: { [name]: { where: {} } } } } }] : [];
    return [...counted, { include: { [name]: true } }, { select: { [name]: { select: { [first]: true } } } }, ...filters.map((filter) => ({ where: { [name]: filter } }))];
  });
  const [first = 'id'] = scalars;
  return [{}, { take: 1, orderBy: [{ [first]: 'asc' }] }, { orderBy: { [first]: 'desc' } }, { select: { [first]: true } }, ...conditions.map((where) => ({ where })), ...relations];
}

/** The unique keys of a model, as Prisma's conditions name them, with the values of a row. */
function keysOf(model: string, row: Row): Args[] {
  const { fields = {}, compoundKeys = {} } = tenantSchema[model] ?? {};
  const single = Object.entries(fields).flatMap(([name, field]) => (field.kind === 'scalar' && field.unique === true && row[name] !== null ? [{ [name]: row[name] }] : []));
  const compound = Object.entries(compoundKeys).map(([name, parts]) => ({ [name]: Object.fromEntries(parts.map((part) => [part, row[part]])) }));
  return [...single, ...compound.filter((key) => !text(key).includes('null'))];
}

const tenantClient = (pool: TenantPool, context: TenantContext): ReturnType<typeof createTenantClient<PrismaClient>> =>
  createTenantClient(new PrismaClient({ adapter: new PrismaPg(pool as unknown as pg.Pool) }), { schema: tenantSchema, context, runners: tenantRunners(pool, true) });

describe('prepared statements', () => {
  let database: ScratchDatabase;
  let look: pg.Client;
  let pool: PlatformPool;
  let prisma: PrismaClient;
  let reads: PreparedReads;
  let writes: PreparedWrites;
  /** The connection of the transaction in which `writes` runs. */
  let open: OpenConnection;
  let platformDb: PlatformDb;
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
    writes = new PreparedWrites({ schema: tenantSchema, columns: modelColumns, nameOf: statementNames('write'), send: (_, statement) => open.query(statement) });
    platformDb = createPlatformClient(new PrismaClient({ adapter: new PrismaPg(pool) }), platformRunners(pool, true));
  }, 60_000);
  afterAll(async () => {
    await prisma.$disconnect();
    await pool.end();
    await look.end();
    await database.drop();
  });

  itInBothRuns.each(some(byVariety, 12))('return what Prisma returns, for each kind of read of %s', async (model) => {
    const delegate = (prisma as unknown as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;
    const row = (await delegate['findFirst']?.({})) as Row | null;
    const different: unknown[] = [];
    const compare = async (args: Args): Promise<boolean> => {
      const rows = await reads.run(platform, model, 'findMany', args);
      if (rows === undefined) return false;
      // Twice: the second time the shape is known.
      const again = await reads.run(platform, model, 'findMany', args);
      const expected = sorted(await delegate['findMany']?.(args));
      if (!isDeepStrictEqual([sorted(rows), sorted(again)], [expected, expected])) different.push({ args, rows, expected });
      return true;
    };
    expect(await compare({})).toBe(true);
    await Promise.all((row === null ? [] : readsOf(model, row)).map(compare));
    expect(different).toEqual([]);
  });

  it.each(models.filter(isUnknown))('leave reads of %s to Prisma', (model) => expect(reads.run(platform, model, 'findMany', {})).toBeUndefined());

  it.each(byVariety)('find a row of %s by each of its keys, and count, as Prisma does', async (model) => {
    const delegate = (prisma as unknown as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;
    const row = (await delegate['findFirst']?.({})) as Row | null;
    const [first = 'id'] = Object.keys(modelColumns[model] ?? {});
    const keys = row === null ? [] : keysOf(model, row);
    const asked = keys.flatMap((where): [string, Args][] => [
      ['findUnique', { where }],
      ['findUniqueOrThrow', { where, select: { [first]: true } }],
      ['findUnique', { where: { ...where, AND: [{ [first]: { not: row?.[first] } }] } }],
      ['count', { where: { [first]: row?.[first] } }],
    ]);
    for (const [operation, args] of [['count', {}] as [string, Args], ...asked]) {
      const found = reads.run(platform, model, operation, args);
      expect([operation, args, await found]).toEqual([operation, args, await delegate[operation]?.(args)]);
    }
    expect(row === null || keys.length > 0).toBe(true);
  });

  it.each([
    ['findUniqueOrThrow', { where: { id: nobody } }],
    ['findFirstOrThrow', { where: { name: nobody } }],
    ['update', { where: { id: nobody }, data: { name: 'x' } }],
    ['delete', { where: { id: nobody } }],
  ])('%s of a row that does not exist fails as with Prisma', async (operation, args) => {
    const failure = async (client: unknown): Promise<unknown> =>
      Promise.resolve((client as Record<string, Delegate>)['organization']?.[operation]?.(args)).then(
        () => 'none',
        (error: unknown) => [
          error instanceof Prisma.PrismaClientKnownRequestError,
          (error as { code?: unknown }).code,
          (error as { meta?: { modelName?: unknown } }).meta?.modelName,
        ],
      );
    expect(await failure(platformDb)).toEqual(await failure(prisma));
    expect(await failure(platformDb)).toEqual([true, 'P2025', 'Organization']);
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
    ['a cursor', 'Team', { cursor: { organizationId_id: { organizationId: 'x', id: 'x' } } }],
    ['distinct', 'Team', { distinct: ['name'] }],
    ['rows from the end', 'Team', { take: -1 }],
    ['a limited list of a relation', 'Team', { include: { members: { take: 1 } } }],
    ['all counted relations', 'Team', { include: { _count: true } }],
    ['a count of no relation', 'Team', { include: { _count: { select: {} } } }],
    ['a count of a field', 'Team', { include: { _count: { select: { name: true } } } }],
    ['a limited count', 'Team', { include: { _count: { select: { members: { take: 1 } } } } }],
    ['an undefined condition of a count', 'Team', { include: { _count: { select: { members: { where: undefined } } } } }],
    ['an order with nulls first', 'Team', { orderBy: { name: { sort: 'asc', nulls: 'first' } } }],
    ['an empty OR', 'Team', { where: { OR: [] } }],
    ['an empty condition in an OR', 'Team', { where: { OR: [{}, { name: 'x' }] } }],
    ['a field without a condition in an OR', 'Team', { where: { OR: [{ name: {} }, { name: 'x' }] } }],
    ['a limit without an order', 'Team', { take: 1 }],
    ['a limit beyond the integers of Prisma', 'Team', { take: 2 ** 40, orderBy: { name: 'asc' } }],
    ['an order of two fields in one object', 'Team', { orderBy: { name: 'asc', id: 'asc' } }],
    ['an undefined condition', 'Team', { where: undefined }],
    ['an undefined part of a condition', 'Team', { where: { AND: undefined } }],
    ['an undefined field of a condition', 'Team', { where: { name: undefined } }],
    ['an undefined field of a selection', 'Team', { select: { id: true, name: undefined } }],
    ['an undefined order', 'Team', { orderBy: { name: undefined } }],
    ['an undefined condition of a relation', 'Team', { include: { members: { where: undefined } } }],
    ['a list for a text', 'Organization', { where: { name: { equals: ['x'] } } }],
    ['a list for a text that must differ', 'Organization', { where: { name: { not: ['x'] } } }],
    ['a selection of nothing', 'Team', { select: {} }],
    ['a selection with an inclusion', 'Team', { select: { id: true }, include: { members: true } }],
    ['an inclusion of a field', 'Team', { include: { name: true } }],
    ['a selection that is null', 'Team', { select: null }],
    ['bytes for a text', 'Team', { where: { name: new Uint8Array(0) } }],
    ['an object for a text', 'Team', { where: { name: { equals: { x: 'n' } } } }],
    ['an object for a time', 'Team', { where: { createdAt: { lt: { x: new Date() } } } }],
  ])('leave %s to Prisma', async (_, model, args) => {
    expect(reads.run(platform, model, 'findMany', args)).toBeUndefined();
    // Also when the shape is known.
    expect(reads.run(platform, model, 'findMany', args)).toBeUndefined();
  });

  it.each([
    [{ where: { slug: 'x', name: 'y' } }, { where: { 'slug:$,name': 'y' } }],
    [{ where: { slug: { equals: 'x' } } }, { where: { slug: { equals: undefined } } }],
    [{ orderBy: [{ slug: 'asc' }] }, { orderBy: [{ slug: 'asc,' }] }],
    [{ select: { id: true } }, { select: { id: 'true' } }],
    [{ select: { id: true, slug: true } }, { select: { 'id:true,slug': true } }],
    [{ include: { teams: true } }, { include: { teams: true, name: undefined } }],
  ])('do not take arguments that Prisma refuses for those of another read: %j', async (supported: Args, refused: Args) => {
    const read = (args: Args): PromiseLike<unknown> | undefined => reads.run(platform, 'Organization', 'findMany', args);
    expect(read(refused)).toBeUndefined();
    expect(Array.isArray(await read(supported))).toBe(true);
    expect(read(refused)).toBeUndefined();
  });

  it('do not remember the shape of a condition that is built from a long list', () => {
    const nameOf = jest.fn(() => 'name');
    const counted = new PreparedReads({ schema: tenantSchema, columns: modelColumns, nameOf, send: () => Promise.resolve({ rows: [] } as unknown as pg.QueryResult) });
    const read = (length: number): unknown => counted.run(platform, 'Organization', 'findMany', { where: { OR: Array.from({ length }, () => ({ slug: 'x' })) } });
    for (const length of [10, 10, 1000, 1000]) void read(length);
    expect(nameOf).toHaveBeenCalledTimes(3);
  });

  it('do not confuse the values of two conditions', async () => {
    const rows = (await prisma.organization.findMany()) as Row[];
    const [one, two] = rows as [Row, Row];
    for (const { id, slug } of [one, two]) expect(await reads.run(platform, 'Organization', 'findMany', { where: { slug, id: { not: id } } })).toEqual([]);
    for (const row of [one, two]) expect(await reads.run(platform, 'Organization', 'findFirst', { where: { slug: row['slug'], id: row['id'] } })).toEqual(row);
  });

  /** The results of an update of each column, and of deleting and inserting a row of a model again. Everything is rolled back. */
  async function writesOf(model: string, row: Row, write: (operation: string, args: Args) => PromiseLike<unknown> | undefined): Promise<unknown> {
    const columns = Object.entries(modelColumns[model] ?? {});
    // A null document has an object of its own in Prisma.
    const data = Object.fromEntries(columns.filter(([name, { type }]) => type !== 'Json' || row[name] !== null).map(([name]) => [name, row[name]]));
    const where = Object.fromEntries(columns.filter(([name, { type }]) => type === 'Uuid' && row[name] !== null).map(([name]) => [name, row[name]]));
    const select = Object.fromEntries(columns.map(([name]) => [name, true]));
    const name = columns[0]?.[0] ?? '';
    const [key] = keysOf(model, row);
    return [
      await write('updateManyAndReturn', { where, data }),
      await write('updateMany', { where: { AND: [where] }, data }),
      await write('deleteMany', { where }),
      await write('createMany', { data }),
      await write('createMany', { data: [data, data], skipDuplicates: true }),
      await write('deleteMany', { where }),
      await write('create', { data, select }),
      await write('deleteMany', { where }),
      await write('createManyAndReturn', { data: [data] }),
      ...(key === undefined
        ? []
        : [await write('update', { where: key, data }), await write('update', { where: key, data, select: { [name]: true } }), await write('delete', { where: key })]),
    ];
  }

  itInBothRuns.each(some(byVariety, 8))('write what Prisma writes, to each column of %s', async (model) => {
    const delegateOf = (client: unknown): Delegate => (client as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;
    const row = (await delegateOf(prisma)['findFirst']?.({})) as Row | null;
    if (row === null) return;
    const rollBack = (result: unknown): never => {
      throw Object.assign(new Error('rolled back'), { result });
    };
    const outcome = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => (error as { result?: unknown }).result ?? 'refused');
    const expected = await outcome(prisma.$transaction(async (tx) => rollBack(await writesOf(model, row, (operation, args) => delegateOf(tx)[operation]?.(args)))));
    const connection = await pool.connect();
    await connection.query('begin');
    open = { query: (statement) => connection.query(statement as string), queryAndCommit: () => rollBack('committed') };
    const write = (operation: string, args: Args): PromiseLike<unknown> => writes.run(platform, model, operation, args) ?? rollBack(`left to Prisma: ${operation}`);
    const written = await outcome(writesOf(model, row, write));
    await connection.query('rollback');
    connection.release();
    expect(written).toEqual(expected);
  });

  it('give a new row what Prisma gives it, and change the time of a changed one', async () => {
    const { id: organizationId } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const client = platformDb;
    const made = await client.team.createManyAndReturn({
      data: [
        { organizationId, name: 'one' },
        { organizationId, name: 'two', description: 'x' },
      ],
    });
    expect(
      made.map(({ name, description, createdAt, updatedAt }) => [
        name,
        description,
        Math.abs(createdAt.getTime() - Date.now()) < 5000,
        updatedAt.getTime() === createdAt.getTime(),
      ]),
    ).toEqual([
      ['one', null, true, true],
      ['two', 'x', true, true],
    ]);
    const ids = made.map((team) => team.id);
    expect(ids).toEqual([...ids].sort());
    expect(made[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const id = made[0]?.id ?? '';
    const longAgo = new Date('2000-01-01T00:00:00Z');
    await look.query('update teams set updated_at = $1 where id = $2', [longAgo, id]);
    expect(await client.team.updateMany({ where: { id }, data: { description: 'y' } })).toEqual({ count: 1 });
    const changed = await prisma.team.findFirstOrThrow({ where: { id } });
    expect([changed.description, changed.updatedAt > longAgo]).toEqual(['y', true]);
    expect(await client.team.deleteMany({ where: { id: { in: ids } } })).toEqual({ count: 2 });
  });

  it.each([
    ['an operator', 'updateMany', { data: { accessVersion: { increment: 1 } } }],
    ['a nested write', 'create', { data: { name: 'x', teams: { create: { name: 'y' } } } }],
    ['a null document', 'updateMany', { data: { address: null } }],
    ['a null for a required field', 'updateMany', { data: { name: null } }],
    ['a text for a number', 'updateMany', { data: { accessVersion: '1' } }],
    ['an unknown field', 'updateMany', { data: { title: 'x' } }],
    ['a related row in the answer', 'create', { data: { name: 'x' }, include: { teams: true } }],
    ['a condition that is undefined', 'deleteMany', { where: undefined }],
    ['a field that is undefined in a condition', 'deleteMany', { where: { name: undefined } }],
    ['an update of nothing', 'updateMany', { data: {} }],
    ['two rows for one', 'create', { data: [{ name: 'x' }, { name: 'y' }] }],
    ['a text for whether duplicates are skipped', 'createMany', { data: [{ name: 'x' }], skipDuplicates: 'false' }],
    ['an undefined value', 'updateMany', { data: { name: 'x', locale: undefined } }],
    ['an undefined part of a document', 'updateMany', { data: { address: { lines: [undefined] } } }],
    ['a number of a document that is not JSON', 'updateMany', { data: { address: { number: 1n } } }],
    ['a null of Prisma in a document', 'updateMany', { data: { address: { city: Prisma.JsonNull } } }],
    ['a condition on empty bytes', 'deleteMany', { where: { name: new Uint8Array(0) } }],
    ['a condition without a unique key', 'update', { where: { name: 'x' }, data: { name: 'x' } }],
    ['a key that is undefined', 'delete', { where: { id: undefined } }],
    ['no condition', 'delete', {}],
    ['a related row in the answer', 'update', { where: { id: 'x' }, data: { name: 'x' }, include: { teams: true } }],
  ])('leave a write with %s to Prisma', (_, operation, args) => {
    for (const known of [false, true]) expect([known, writes.run(platform, 'Organization', operation, args as Args)]).toEqual([known, undefined]);
  });

  it('return what Prisma returns for raw SQL with each type of value', async () => {
    const client = platformDb;
    const read = (db: PlatformDb | PrismaClient): Promise<unknown> => {
      const [time, bytes] = [new Date('2026-01-31T12:00:00.123Z'), new Uint8Array([0, 255])];
      return db.$queryRaw`
        select ${1}::int4 as i, ${2n}::int8 as big, ${1.5}::float8 as f, ${'1.50'}::numeric as n, ${true}::bool as b, ${'x'}::text as t, ${null}::text as nothing, ${time}::timestamptz as at,
               ${time}::date as day, ${bytes}::bytea as bytes, ${'{"a": [1, null]}'}::jsonb as document, ${['a', 'b,"c']}::text[] as texts, ${[1, 2]}::int4[] as numbers, ${[3n]}::int8[] as bigs,
               ${[time]}::timestamptz[] as times, '00000000-0000-4000-8000-000000000000'::uuid as id, array[null, 'y']::text[] as holes, 'active'::organization_status as status, count(*) as rows
          from organizations`;
    };
    expect(await read(client)).toEqual(await read(prisma));
    const readTimes = (db: PlatformDb | PrismaClient): Promise<unknown> => {
      const time = new Date('1960-01-31T12:00:00.123Z');
      return db.$queryRaw`
        select ${time} as untyped, ${time}::text as text, ${time}::time as clock, ${time}::timestamp as local, '12:34:56.789+02'::timetz as zoned, 'infinity'::date as day, ${[time]}::timestamp[] as locals,
               array['12:00']::time[] as clocks, ${[1, 2.5]}::float8[] as floats, array[1.5]::float4[] as reals, ${[new Uint8Array([1]), new Uint8Array()]}::bytea[] as bytes, '10.0.0.0/8'::cidr as network,
               array['10.0.0.1']::inet[] as addresses, '<a/>'::xml as xml, b'101' as bits, array['a']::char(2)[] as chars, array[1]::oid[] as ids`;
    };
    expect(inspect(await readTimes(client))).toBe(inspect(await readTimes(prisma)));
    expect(await client.$queryRaw`select '-1,000.50'::money as price, array[1.50, null]::numeric[] as prices`).toEqual([
      { price: new Prisma.Decimal('-1000.5'), prices: [new Prisma.Decimal('1.5'), null] },
    ]);
    await expect(client.$queryRaw`select array[array[1, 2]] as table`).rejects.toThrow('array of arrays');
    const rename = (db: PlatformDb | PrismaClient): PromiseLike<number> =>
      db.$executeRaw`update teams set name = name where organization_id = ${'00000000-0000-4000-8000-000000000000'}::uuid`;
    expect([await rename(client), await client.$executeRaw`select pg_sleep(0)`]).toEqual([await rename(prisma), 1]);
    await expect(client.$queryRaw`select point(1, 2) as at`).rejects.toThrow('Cast the column to text');
  });

  it('read a time outside of the years 1 to 9999 as an invalid date, as Prisma does', async () => {
    for (const time of ['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC']) {
      await look.query('update organizations set created_at = $1', [time]);
      const args = { select: { createdAt: true } };
      const rows = (await reads.run(platform, 'Organization', 'findMany', args)) as Row[];
      expect(rows.map(({ createdAt }) => Number(createdAt))).toEqual((await prisma.organization.findMany(args)).map(({ createdAt }) => Number(createdAt)));
      expect(Number(rows[0]?.['createdAt'])).toBeNaN();
    }
  });

  it('succeed after a migration has changed the type of a column', async () => {
    const { id: organizationId } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    await prisma.invitation.create({ data: { organizationId, ...invitationRow('typed') } });
    const read = (): PromiseLike<unknown> => platformDb.invitation.findMany({ select: { message: true } });
    const raw = (): PromiseLike<unknown> => platformDb.$queryRaw`select message from invitations`;
    const write = (): PromiseLike<unknown> => platformDb.invitation.updateManyAndReturn({ data: { role: 'member' }, select: { message: true } });
    const all = [read, raw, write, read, raw, write];
    for (const run of all) await run();
    await database.alter('alter table invitations alter column message type varchar(400)');
    const expected = sorted(await prisma.invitation.findMany({ select: { message: true } }));
    // One after the other: each statement meets connections that know its old form.
    for (const run of all) expect(sorted(await run())).toEqual(expected);
  });

  it('succeed after a migration when many of them share a connection', async () => {
    const read = (): Promise<unknown> => pool.read({ name: 'shared', text: 'select message from invitations', rowMode: 'array', quick: true }).then(({ rows }) => sorted(rows));
    const before = await read();
    await database.alter('alter table invitations alter column message type varchar(399)');
    expect(await Promise.all(Array.from({ length: 40 }, read))).toEqual(Array.from({ length: 40 }, () => before));
  });

  it('name a statement again that the server could not prepare with the first binding of a connection', async () => {
    const { id } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const fresh = new TenantPool({ connectionString: database.app, max: 1 }, () => id);
    const read = (): Promise<unknown> => fresh.query({ name: 'later', text: 'select name from _later' });
    for (const attempt of [1, 2])
      await expect(read().catch((error: unknown) => ({ attempt, code: (error as { code: string }).code }))).resolves.toEqual({ attempt, code: '42P01' });
    await database.alter('create table _later (name text)', 'grant select on _later to public');
    await expect(read()).resolves.toMatchObject({ rows: [] });
    await expect(read()).resolves.toMatchObject({ rows: [] });
    await fresh.end();
    await database.alter('drop table _later');
  });

  it('begin no transaction on a connection that was returned to its pool', async () => {
    const { id } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const tenantPool = new TenantPool({ connectionString: database.app, max: 1 }, () => id);
    for (const each of [tenantPool, pool]) {
      const connection = await each.connect();
      await connection.query('begin');
      await connection.query('rollback');
      connection.release();
      const idle = each.idleCount;
      await expect(connection.query('begin')).rejects.toMatchObject({ code: 'ROLLED_BACK' });
      expect(each.idleCount).toBe(idle);
    }
    await tenantPool.end();
  });

  it('refuse a write that needs the lock of a transaction that began without it, wherever its client was passed to', async () => {
    const context = new TenantContext();
    const { id } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const tenantPool = new TenantPool({ connectionString: database.app, max: 1 }, () => wireBinding.current());
    const refused = context.run({ organizationId: id, actor: { kind: 'job', name: 'test' } }, async () => {
      let pass: (tx: PlatformTransaction) => void = () => undefined;
      const outside = new Promise<PlatformTransaction>((resolve) => (pass = resolve)).then(async (tx) => tx.organization.updateMany({ data: { locale: 'de-DE' } }));
      return (tenantClient(tenantPool, context) as unknown as PlatformDb).$transaction(async (tx) => {
        pass(tx);
        return outside;
      });
    });
    await expect(refused).rejects.toThrow('Begin it with $transaction(work, { locksOrganization: true })');
    await tenantPool.end();
  });

  it.each(['TenantDb', 'PlatformDb'])('leave a read by the client of a transaction of %s to it, wherever the client was passed to', async (db) => {
    const context = new TenantContext();
    const { id } = await prisma.organization.findFirstOrThrow({ select: { id: true } });
    const tenantPool = new TenantPool({ connectionString: database.app, max: 3 }, () => wireBinding.current());
    const client = db === 'PlatformDb' ? platformDb : tenantClient(tenantPool, context);
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
      await expect(passed?.organization.findFirst(args)).rejects.toMatchObject({ code: 'ROLLED_BACK' });
      return rolledBack.seen;
    });
    await tenantPool.end();
    expect(seen).toEqual([{ locale: 'de-DE' }, { locale: 'de-DE' }]);
  });
});
