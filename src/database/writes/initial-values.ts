import { SystemClock } from '../../common/clock.js';
import { timeOrderedId } from '../../common/crypto/time-ordered-id.js';
import { isObject, mapOneOrMany, type Args } from '../../tenancy/model-kind.js';
import type { TenantSchema } from '../../tenancy/tenant-schema.js';
import type { ModelColumns } from '../reads/model-columns.js';

const clock = new SystemClock();

interface Tables {
  readonly schema: TenantSchema;
  readonly columns: ModelColumns;
}

/** A write of rows of a model. Without `list`, it goes through a relation to one row. */
interface Place {
  readonly tables: Tables;
  readonly model: string;
  readonly now: Date;
  readonly list: boolean;
}

type Walk = (place: Place, args: Args) => Args;

const inserted = (place: Place, data: unknown): unknown => mapOneOrMany(data, (row) => (isObject(row) ? insertedRow(place, row) : row));
const updated = (place: Place, data: unknown): unknown => (isObject(data) ? updatedRow(place, data) : data);

const insertsData: Walk = (place, args) => ({ ...args, data: inserted(place, args['data']) });
const updatesData: Walk = (place, args) => ({ ...args, data: updated(place, args['data']) });
const upserts: Walk = (place, args) => ({ ...args, create: inserted(place, args['create']), update: updated(place, args['update']) });

const operations: Readonly<Record<string, Walk>> = {
  create: insertsData,
  createMany: insertsData,
  createManyAndReturn: insertsData,
  update: updatesData,
  updateMany: updatesData,
  updateManyAndReturn: updatesData,
  upsert: upserts,
};

/** The writes through a relation. `create` and an `update` of one row may have the data itself as their argument. */
const nested: Readonly<Record<string, Walk>> = {
  create: (place, data) => insertedRow(place, data),
  createMany: insertsData,
  connectOrCreate: (place, args) => ({ ...args, create: inserted(place, args['create']) }),
  update: (place, args) => (!place.list && !isObject(args['data']) ? updatedRow(place, args) : updatesData(place, args)),
  updateMany: updatesData,
  upsert: upserts,
};

function insertedRow(place: Place, row: Args): Args {
  const filled: Record<string, unknown> = { ...withNested(place, row) };
  const columns = place.tables.columns[place.model];
  for (const name in columns) {
    const initial = columns[name]?.default;
    if (initial !== undefined && row[name] === undefined) filled[name] = initial === 'now' ? place.now : timeOrderedId(place.now);
  }
  return filled;
}

function updatedRow(place: Place, data: Args): Args {
  const filled: Record<string, unknown> = { ...withNested(place, data) };
  // Prisma changes nothing either.
  if (Object.values(data).every((value) => value === undefined)) return filled;
  const columns = place.tables.columns[place.model];
  for (const name in columns) if (columns[name]?.changesWithRow === true && data[name] === undefined) filled[name] = place.now;
  return filled;
}

function withNested(place: Place, data: Args): Args {
  const fields = place.tables.schema[place.model]?.fields ?? {};
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field?.kind === 'relation' && isObject(value) ? nestedWrites({ ...place, model: field.model, list: field.list }, value) : value];
    }),
  );
}

function nestedWrites(place: Place, writes: Args): Args {
  return Object.fromEntries(
    Object.entries(writes).map(([operation, args]) => {
      const walk = Object.hasOwn(nested, operation) ? nested[operation] : undefined;
      return [operation, walk === undefined ? args : mapOneOrMany(args, (one) => (isObject(one) ? walk(place, one) : one))];
    }),
  );
}

/** Sets the ids and times that Prisma would set itself, also in nested writes: it takes the time from the machine. */
export function withInitialValues(tables: Tables, model: string, operation: string, args: Args): Args {
  const walk = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  return walk === undefined ? args : walk({ tables, model, now: clock.now(), list: true }, args);
}
