import type { TenantSchema } from '../../../src/tenancy/tenant-schema.js';

type Row = Readonly<Record<string, unknown>>;
export type Delegate = Readonly<Record<string, (args: unknown) => PromiseLike<unknown>>>;

/** One model under attack: a row of the own organization, and one of another. */
export interface Target {
  readonly model: string;
  readonly delegate: Delegate;
  readonly ours: Row;
  readonly theirs: Row;
}

/** Derives the attacks on each model from the schema. */
export class Attacks {
  /**
   * @param allForms whether each operation uses every form of a filter; otherwise they take turns: each form is used by each operation, on some models
   * @param depth how many levels of relations a read includes. Two have every pair of relations that follow each other; the third takes most of the time
   */
  constructor(
    private readonly schema: TenantSchema,
    private readonly allForms: boolean,
    private readonly depth: number,
  ) {}

  tenantField(model: string): string {
    return this.schema[model]?.fields['organizationId'] === undefined ? 'id' : 'organizationId';
  }

  unique(model: string, row: Row): Row {
    const [name, fields] = Object.entries(this.schema[model]?.compoundKeys ?? {})[0] ?? [];
    if (name === undefined || fields === undefined) return { id: row['id'] };
    return { [name]: Object.fromEntries(fields.map((field) => [field, row[field]])) };
  }

  /** The same as a filter. */
  key(model: string, row: Row): Row {
    const [fields = ['id']] = Object.values(this.schema[model]?.compoundKeys ?? {});
    return Object.fromEntries(fields.map((field) => [field, row[field]]));
  }

  #scalars(model: string, row: Row): Row {
    return Object.fromEntries(Object.entries(row).filter(([name, value]) => this.schema[model]?.fields[name]?.kind === 'scalar' && value !== null));
  }

  /** For each operation that Prisma has: every way in which it might read or write a row of another organization. */
  readonly byOperation: Readonly<Record<string, (target: Target) => unknown[]>> = {
    // Of MongoDB; they must fail here.
    findRaw: () => [{}],
    aggregateRaw: () => [{}],
    findUnique: (t) => [{ where: this.unique(t.model, t.theirs) }],
    findUniqueOrThrow: (t) => [{ where: this.unique(t.model, t.theirs) }],
    findFirst: (t) => this.#reads(t),
    findFirstOrThrow: (t) => this.#reads(t),
    findMany: (t) => [...this.#reads(t), { cursor: this.unique(t.model, t.theirs) }, { distinct: [this.tenantField(t.model)] }, { include: this.#everything(t.model, this.depth) }],
    count: (t) => this.#reads(t).map((args) => ({ ...args, select: { _all: true } })),
    aggregate: (t) => this.#reads(t).map((args) => ({ ...args, _max: { createdAt: true }, _count: { _all: true } })),
    groupBy: (t) => this.#reads(t).map(({ where }) => ({ ...(where === undefined ? {} : { where }), by: [this.tenantField(t.model)], _count: { _all: true } })),
    create: (t) => [{ data: this.#scalars(t.model, t.theirs) }],
    createMany: (t) => [{ data: [this.#scalars(t.model, t.theirs)] }, { data: [this.#scalars(t.model, t.ours), this.#scalars(t.model, t.theirs)], skipDuplicates: true }],
    createManyAndReturn: (t) => [{ data: [this.#scalars(t.model, t.theirs)] }],
    update: (t) => [
      { where: this.unique(t.model, t.theirs), data: this.change(t.model, t.theirs) },
      { where: this.unique(t.model, t.ours), data: { [this.tenantField(t.model)]: t.theirs[this.tenantField(t.model)] } },
    ],
    updateMany: (t) => this.#changes(t),
    updateManyAndReturn: (t) => this.#changes(t),
    upsert: (t) => [{ where: this.unique(t.model, t.theirs), create: this.#scalars(t.model, t.theirs), update: this.change(t.model, t.theirs) }],
    delete: (t) => [{ where: this.unique(t.model, t.theirs) }],
    deleteMany: (t) =>
      [{ where: this.unique(t.model, t.theirs) }, ...this.#filters(t).map((where) => ({ where }))].filter(({ where }) => !Object.keys(where).some((key) => key.includes('_'))),
  };

  #forms({ model, theirs }: Target): Row[] {
    const field = this.tenantField(model);
    return [
      { [field]: theirs[field] },
      { OR: [{ id: theirs['id'] }, { [field]: theirs[field] }] },
      { NOT: { NOT: { [field]: theirs[field] } } },
      { AND: [{ [field]: { in: [theirs[field]] } }] },
    ];
  }

  /** Filters for rows of the other organization. */
  #filters(target: Target): Row[] {
    const forms = this.#forms(target);
    return this.allForms ? forms : forms.slice(...turnOf(Object.keys(this.schema).indexOf(target.model), forms.length));
  }

  #reads(target: Target): Row[] {
    return [{}, { where: { OR: [{}, ...this.#forms(target)] } }, ...this.#filters(target).map((where) => ({ where }))];
  }

  #changes(target: Target): Row[] {
    const field = this.tenantField(target.model);
    return [
      ...this.#filters(target).map((where) => ({ where, data: this.change(target.model, target.theirs) })),
      { where: { [field]: target.ours[field] }, data: { [field]: target.theirs[field] } },
    ];
  }

  /** A change that any of its rows takes, of something that is not its key if there is such a thing. */
  change(model: string, row: Row): Row {
    const keys = new Set([this.tenantField(model), 'id', ...Object.values(this.schema[model]?.compoundKeys ?? {}).flat()]);
    const free = Object.keys(row).filter((name) => !keys.has(name) && changed(row[name]) !== undefined);
    const name = ['updatedAt', 'createdAt'].find((time) => time in row) ?? free[0] ?? Object.keys(row).findLast((key) => typeof row[key] === 'string') ?? '';
    return { [name]: changed(row[name]) ?? row[name] };
  }

  /** Every relation, some levels deep. */
  #everything(model: string, depth: number): Row {
    const relations = Object.entries(this.schema[model]?.fields ?? {}).filter(([, field]) => field.kind === 'relation');
    return Object.fromEntries(
      relations.map(([name, field]) => {
        const target = field.kind === 'relation' ? field.model : '';
        if (target === 'User') return [name, { select: { id: true, memberships: { select: { organizationId: true } } } }];
        return [name, depth === 1 ? true : { include: this.#everything(target, depth - 1) }];
      }),
    );
  }
}

/** The first and the last index of the turn of one model. */
const turnOf = (model: number, forms: number): [number, number] => [model % forms, (model % forms) + 1];

const isUuid = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

/** Another value of the same type, for the types that are at hand. */
function changed(value: unknown): unknown {
  if (value instanceof Date) return new Date(0);
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  // Another id would break a foreign key, and a text is none.
  if (typeof value === 'string' && isUuid(value)) return undefined;
  return typeof value === 'string' ? 'changed' : undefined;
}
