import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { tenantRunners } from '../../../src/database/pool-runners.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createTenantClient, type TenantClientOf } from '../../../src/tenancy/tenant-extension.js';
import { wireBinding } from '../../../src/tenancy/wire-binding.js';
import { itInBothRuns, rounds, some } from '../../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { Attacks, type Delegate } from '../../support/isolation/attacks.js';
import { Catalog, Planter, withoutChecks } from '../../support/isolation/planter.js';

type Row = Readonly<Record<string, unknown>>;

// Models and operations are taken from the schema and the client, tables and keys from the catalogs: a table that is
// added is attacked from that day on.
/** The levels of relations that a read includes. ATTACK_DEPTH=3 takes minutes. */
const depth = Number(process.env['ATTACK_DEPTH'] ?? 2);
const attacks = new Attacks(tenantSchema, rounds(0, 1) === 1, depth);
const models = Object.keys(tenantSchema).filter((model) => model === 'Organization' || tenantSchema[model]?.fields['organizationId'] !== undefined);
const delegateOf = (client: object, model: string): Delegate => (client as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;
const actor = { kind: 'job', name: 'test' } as const;

/** A world of two organizations, each with a row in every table, and a way for the first to ask. */
class Stage {
  private constructor(
    readonly database: ScratchDatabase,
    readonly catalog: Catalog,
    readonly look: pg.Client,
    readonly rows: PrismaClient,
    readonly pool: TenantPool,
    readonly us: string,
    readonly them: string,
  ) {}

  static async set(...removals: ((catalog: Catalog) => string[])[]): Promise<Stage> {
    const database = await scratchDatabase();
    const look = new pg.Client({ connectionString: database.platform });
    await look.connect();
    const catalog = await Catalog.read(look);
    await database.alter(withoutChecks);
    const [us, them] = [await new Planter(look, catalog).plant(), await new Planter(look, catalog).plant()];
    for (const removal of removals) await database.alter(...removal(catalog));
    const pool = new TenantPool({ connectionString: database.app, max: 3 }, () => wireBinding.current());
    const rows = new PrismaClient({ adapter: new PrismaPg(new pg.Pool({ connectionString: database.platform, max: 2 }), { disposeExternalPool: true }) });
    return new Stage(database, catalog, look, rows, pool, us, them);
  }

  /**
   * Everything that is theirs, as the database has it: one line for each table.
   *
   * @param only one table instead of all
   */
  async theirs(only?: string): Promise<string> {
    const tables = [...this.catalog.tenantTables.map((table) => [table, 'organization_id']), ['organizations', 'id']].filter(([table]) => only === undefined || table === only);
    const counted = tables.map(
      ([table, column]) => `select '${table}' as name, count(*) as rows, md5(string_agg(t::text, ',' order by t::text)) as digest from ${table} t where ${column} = $1`,
    );
    const text = `select string_agg(concat(name, ' ', rows, ' ', digest), E'\n' order by name) as told from (${counted.join(' union all ')}) every`;
    const { rows } = await this.look.query<{ told: string }>({ name: `theirs ${only ?? ''}`, text, values: [this.them] });
    return rows[0]?.told ?? '';
  }

  /** Some tables of a tenant, or columns of them, only the platform writes: what the operator grants, what was counted. */
  async isWritable(model: string, field: string): Promise<boolean> {
    const column = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const { rows } = await this.look.query<{ writable: boolean }>(`select has_column_privilege('tenantry_app', $1, $2, 'update') as writable`, [
      tenantSchema[model]?.table,
      column,
    ]);
    return rows[0]?.writable === true;
  }

  async rowOf(model: string, organizationId: string): Promise<Row> {
    const row = (await delegateOf(this.rows, model)['findFirst']?.({ where: { [attacks.tenantField(model)]: organizationId } })) as Row | null;
    if (row === null) throw new Error(`no ${model} was planted`);
    return row;
  }

  async strike(): Promise<void> {
    await this.look.end();
    await this.rows.$disconnect();
    await this.pool.end();
    await this.database.drop();
  }
}

const withoutRowSecurity = (catalog: Catalog): string[] => [...catalog.tenantTables, 'organizations'].map((table) => `alter table ${table} disable row level security`);

/** Whether an answer contains data of the other organization, whose id is in each of its rows. */
const tellsOf = (value: unknown, id: string): boolean => JSON.stringify([value], (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)).includes(id);

/** The result of a count or an aggregate over the other organization's rows. */
const countsRows = (value: unknown): boolean => {
  const all = (value as { _all?: number; _count?: { _all?: number } } | null)?._all ?? (value as { _count?: { _all?: number } } | null)?._count?._all;
  return all !== undefined && all > 1;
};

/** The keys of an object, and those that it inherits from Prisma's. The last prototype is that of all objects. */
function keysOf(object: object): (string | symbol)[] {
  const parent = Object.getPrototypeOf(object) as object | null;
  return parent === null ? [] : [...Reflect.ownKeys(object), ...keysOf(parent)];
}

/** Operations that cannot write; their attacks run in parallel. Every other operation is followed by a look at the attacked table. */
const reads = /^(?:find|count|aggregate|groupBy)/;

type Ask = <Result>(work: () => PromiseLike<Result>) => PromiseLike<Result>;

const variants: readonly [name: string, removals: ((catalog: Catalog) => string[])[], withExtension: boolean][] = [
  ['the extension alone, with row security off', [withoutRowSecurity], true],
  ['row security alone, with a plain Prisma client', [], false],
  ['all three walls', [], true],
];

// Each wall must hold alone in every run: what passes all of them passes each of them.
describe.each(some(variants, 2))('%s', (_, removals, withExtension) => {
  let stage: Stage;
  let client: object;
  let ask: Ask;
  /** The rows of the other organization before the first attack. No attack may change them. */
  let before: string;
  beforeAll(async () => {
    stage = await Stage.set(...removals);
    before = await stage.theirs();
    const context = new TenantContext();
    const base = new PrismaClient({ adapter: new PrismaPg(stage.pool as unknown as pg.Pool) });
    client = withExtension ? createTenantClient(base, { schema: tenantSchema, context, runners: tenantRunners(stage.pool, true) }) : base;
    ask = withExtension ? (work) => context.run({ organizationId: stage.us, actor }, work) : (work) => wireBinding.run(stage.us, work);
  }, 60_000);
  afterAll(() => stage.strike());

  itInBothRuns('the attacks cover every operation of Prisma', () => {
    const delegate = delegateOf(client, 'Team');
    const methods = keysOf(delegate).filter((key) => typeof key === 'string' && !key.startsWith('$') && typeof delegate[key] === 'function');
    expect(methods.length).toBeGreaterThan(10);
    expect(methods.filter((method) => !Object.hasOwn(attacks.byOperation, method))).toEqual([]);
  });

  itInBothRuns.each(models)('lets us read and change our own %s', async (model) => {
    const ours = await stage.rowOf(model, stage.us);
    const delegate = delegateOf(client, model);
    expect(await ask(async () => delegate['findUnique']?.({ where: attacks.unique(model, ours) }))).toEqual(ours);
    const data = attacks.change(model, ours);
    const change = { where: attacks.key(model, ours), data };
    const changed = await Promise.resolve(ask(async () => delegate['updateMany']?.(change))).catch((error: Error) => ({ denied: error.message.includes('permission denied') }));
    expect(changed).toEqual((await stage.isWritable(model, Object.keys(data)[0] ?? '')) ? { count: 1 } : { denied: true });
  });

  itInBothRuns.each(models)('no operation on %s reaches a row of another organization', async (model) => {
    const delegate = delegateOf(client, model);
    const target = { model, delegate, ours: await stage.rowOf(model, stage.us), theirs: await stage.rowOf(model, stage.them) };
    const table = tenantSchema[model]?.table;
    const untouched = await stage.theirs(table);
    const changing: string[] = [];
    const attempt = async (operation: string, args: unknown): Promise<void> => {
      const answer = await Promise.resolve(ask(async () => delegate[operation]?.(args))).catch((error: Error) => ({ refused: error.name }));
      expect({ operation, args, told: tellsOf(answer, stage.them) || countsRows(answer) }).toEqual({ operation, args, told: false });
    };
    for (const [operation, attacksOf] of Object.entries(attacks.byOperation)) {
      if (reads.test(operation)) await Promise.all(attacksOf(target).map((args) => attempt(operation, args)));
      else for (const args of attacksOf(target)) await attempt(operation, args);
      if (!reads.test(operation) && (await stage.theirs(table)) !== untouched) changing.push(operation);
    }
    expect(changing).toEqual([]);
    // Of all tables, because a change may cascade.
    expect(await stage.theirs()).toBe(before);
  });

  if (withExtension)
    itInBothRuns.each(some(models, 8))('no operation on %s reaches a row of another organization in a transaction', async (model) => {
      const target = { model, delegate: delegateOf(client, model), ours: await stage.rowOf(model, stage.us), theirs: await stage.rowOf(model, stage.them) };
      const db = client as TenantClientOf<PrismaClient>;
      for (const [operation, attacksOf] of Object.entries(attacks.byOperation)) {
        for (const args of some(attacksOf(target), 2)) {
          const attack = (tx: object): Promise<unknown> => Promise.resolve(delegateOf(tx, model)[operation]?.(args));
          const answer = await Promise.resolve(ask(() => db.$transaction(attack, { locksOrganization: true }))).catch((error: Error) => ({ refused: error.name }));
          expect({ operation, args, told: tellsOf(answer, stage.them) || countsRows(answer) }).toEqual({ operation, args, told: false });
        }
      }
      expect(await stage.theirs()).toBe(before);
    });
});

describe('neither extension nor row security, only keys', () => {
  let stage: Stage;
  beforeAll(async () => void (stage = await Stage.set(withoutRowSecurity)), 60_000);
  afterAll(() => stage.strike());

  it('foreign keys let no row refer to a row of another tenant', async () => {
    expect(stage.catalog.tenantKeys.length).toBeGreaterThan(0);
    for (const { name, table, columns, target, targetColumns } of stage.catalog.tenantKeys) {
      const pairs = columns.map((column, index) => [column, targetColumns[index]]).filter(([column]) => column !== 'organization_id');
      const assignments = pairs.map(([column, targetColumn]) => `${column} = (select ${targetColumn} from ${target} where organization_id = '${stage.them}' limit 1)`);
      const points = stage.look.query(`update ${table} set ${assignments.join(', ')} where organization_id = '${stage.us}'`);
      await expect(points).rejects.toMatchObject({ code: '23503', constraint: name });
    }
  });
});
