import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { followDatabase } from '../../common/clock.js';
import type { Args } from '../../tenancy/model-kind.js';
import type { TenantSchema } from '../../tenancy/tenant-schema.js';
import type { ModelColumns } from '../reads/model-columns.js';
import { withInitialValues } from './initial-values.js';

const database = Date.now() + 5 * 3_600_000;
beforeAll(() => followDatabase({ difference: database - performance.now(), readAgain: () => undefined }));
afterAll(() => followDatabase({ difference: Date.now() - performance.now(), readAgain: () => undefined }));

const relation = { kind: 'relation', foreignKey: [], references: [], relation: 'r' } as const;
const scalar = { kind: 'scalar' } as const;
/** `Owner` 1-n `Item`, and 1-1 `Note`. */
const schema: TenantSchema = {
  Owner: {
    table: 'owners',
    compoundKeys: {},
    fields: { id: scalar, name: scalar, items: { ...relation, model: 'Item', list: true }, note: { ...relation, model: 'Note', list: false } },
  },
  Item: { table: 'items', compoundKeys: {}, fields: { id: scalar, name: scalar } },
  Note: { table: 'notes', compoundKeys: {}, fields: { id: scalar, name: scalar } },
};
const own = {
  id: { column: 'id', type: 'Uuid', default: 'uuid' },
  name: { column: 'name', type: 'String' },
  createdAt: { column: 'created_at', type: 'DateTime', default: 'now' },
  updatedAt: { column: 'updated_at', type: 'DateTime', default: 'now', changesWithRow: true },
} as const;
const columns: ModelColumns = { Owner: own, Item: own, Note: own };

/** Replaces ids and times by what they are. */
const told = (value: unknown): unknown => {
  if (value instanceof Date) return Math.abs(value.getTime() - database) < 60_000 ? 'now' : value;
  if (typeof value === 'string' && value.length === 36) return Math.abs(Number.parseInt(value.replace('-', '').slice(0, 12), 16) - database) < 60_000 ? 'id' : value;
  if (Array.isArray(value)) return value.map(told);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, told(each)])) : value;
};
const filled = (operation: string, args: Args): unknown => told(withInitialValues({ schema, columns }, 'Owner', operation, args));

const name = 'Ada';
const inserted = { name, id: 'id', createdAt: 'now', updatedAt: 'now' };
const updated = { name, updatedAt: 'now' };
const where = { id: '1' };

describe('a write that is left to Prisma', () => {
  it.each<[string, Args, Args]>([
    ['create', { data: { name } }, { data: inserted }],
    ['createMany', { data: [{ name }, { name }] }, { data: [inserted, inserted] }],
    ['createManyAndReturn', { data: { name } }, { data: inserted }],
    ['update', { where, data: { name: { increment: 1 } } }, { where, data: { name: { increment: 1 }, updatedAt: 'now' } }],
    ['updateMany', { data: { name } }, { data: updated }],
    ['updateManyAndReturn', { data: { name } }, { data: updated }],
    ['upsert', { where, create: { name }, update: { name } }, { where, create: inserted, update: updated }],
    ['upsert', { where, create: { name }, update: {} }, { where, create: inserted, update: {} }],
    ['deleteMany', { where }, { where }],
  ])('%s has the ids and times of the database', (operation, given, expected) => {
    expect(filled(operation, given)).toEqual(expected);
  });

  it.each<[string, Args, Args]>([
    ['create', { create: [{ name }, { name }] }, { create: [inserted, inserted] }],
    ['createMany', { createMany: { data: [{ name }] } }, { createMany: { data: [inserted] } }],
    ['connectOrCreate', { connectOrCreate: [{ where, create: { name } }] }, { connectOrCreate: [{ where, create: inserted }] }],
    ['update', { update: [{ where, data: { name } }] }, { update: [{ where, data: updated }] }],
    ['updateMany', { updateMany: { where, data: { name } } }, { updateMany: { where, data: updated } }],
    ['upsert', { upsert: { where, create: { name }, update: { name } } }, { upsert: { where, create: inserted, update: updated } }],
    ['connect and delete', { connect: where, delete: [where], deleteMany: {} }, { connect: where, delete: [where], deleteMany: {} }],
  ])('%s through a relation to several rows has them, too', (_, items, expected) => {
    expect(filled('create', { data: { name, items } })).toEqual({ data: { ...inserted, items: expected } });
    expect(filled('update', { data: { items } })).toEqual({ data: { items: expected, updatedAt: 'now' } });
  });

  it.each<[string, Args, Args]>([
    ['create', { create: { name } }, { create: inserted }],
    ['update', { update: { name } }, { update: updated }],
    ['update with a condition', { update: { where, data: { name } } }, { update: { where, data: updated } }],
    ['upsert', { upsert: { create: { name }, update: { name } } }, { upsert: { create: inserted, update: updated } }],
  ])('%s through a relation to one row has them, too', (_, note, expected) => {
    expect(filled('update', { data: { note } })).toEqual({ data: { note: expected, updatedAt: 'now' } });
  });

  it('keeps what the caller has set', () => {
    const data = { id: '7', name, createdAt: new Date(0), updatedAt: new Date(0) };
    expect(withInitialValues({ schema, columns }, 'Owner', 'create', { data })).toEqual({ data });
    expect(withInitialValues({ schema, columns }, 'Owner', 'update', { data: { updatedAt: new Date(0) } })).toEqual({ data: { updatedAt: new Date(0) } });
  });
});
