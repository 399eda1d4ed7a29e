import { isDeepStrictEqual } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PreparedReads } from '../../../src/database/reads/prepared-reads.js';
import { statementNames } from '../../../src/database/wire/prepared-statement-names.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { modelColumns } from '../../../src/generated/model-columns.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import type { Args } from '../../../src/tenancy/model-kind.js';
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
  ])('leave %s to Prisma', async (_, model, args) => {
    expect(reads.run(undefined, model, 'findMany', args)).toBeUndefined();
    // Also when the shape is known.
    expect(reads.run(undefined, model, 'findMany', args)).toBeUndefined();
  });

  it('do not confuse the values of two conditions', async () => {
    const rows = (await prisma.organization.findMany()) as Row[];
    const [one, two] = rows as [Row, Row];
    for (const { id, slug } of [one, two]) expect(await reads.run(undefined, 'Organization', 'findMany', { where: { slug, id: { not: id } } })).toEqual([]);
    for (const row of [one, two]) expect(await reads.run(undefined, 'Organization', 'findFirst', { where: { slug: row['slug'], id: row['id'] } })).toEqual(row);
  });
});
