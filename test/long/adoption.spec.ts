import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { inspectUrl } from '../../src/database/doctor/doctor.js';
import { startTenantry } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { describeTables, salesPlan, salesTables, schoolPlan, schoolTables, singleTenant, type SingleTenant } from '../support/single-tenant.js';

let product: SingleTenant;
beforeAll(async () => {
  product = await singleTenant(`${schoolTables(3000, 9000, 150_000)}; ${salesTables(40_000)}`);
});
afterAll(() => product.end());

/** An application without organizations, which reads and writes until it is stopped. */
class Application {
  private stopped = false;
  readonly errors: string[] = [];
  statements = 0;
  longest = 0;
  private readonly works: Promise<void>[];

  constructor(url: string) {
    this.works = this.statementsOf().map((make) => this.work(url, make));
  }

  private statementsOf(): readonly ((n: number) => string)[] {
    const code = (n: number): string => (n % 3 === 0 ? 'N-01' : 'south');
    return [
      (n) => `insert into _quizzes (school_code, title) values ('${code(n)}', 'New ${n}')`,
      (n) =>
        `insert into _submissions (quiz_id, student_id, score) select q.id, s.id, 1000000 + ${n} from _quizzes q join _students s using (school_code) where q.id = ${1 + (n % 3000)} and s.number <= 3 limit 1`,
      (n) => `update _submissions set answers = '{"changed": ${n}}' where id = ${1 + ((n * 7919) % 150_000)}`,
      (n) => `update _students set name = 'Renamed ${n}' where number = ${1 + ((n * 31) % 9000)}`,
      (n) => `delete from _submissions where id = ${1 + ((n * 104_729) % 150_000)}`,
      (n) => `select q.title, count(*) from _quizzes q join _submissions s on s.quiz_id = q.id where q.id = ${1 + (n % 3000)} group by 1`,
      (n) => `begin; insert into sales."Quote" values ('n${n}', 'c${1 + (n % 500)}'); insert into sales."Document" values ('n${n}', 'New'); commit`,
      (n) => `update sales."Document" set "name" = 'Renamed ${n}' where ctid = '(${n % 100},1)'`,
      (n) => `update sales."Customer" set "email" = 'new${n}@example.com' where "id" = 'c${1 + (n % 500)}'`,
    ];
  }

  private async work(url: string, make: (n: number) => string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (let n = 1; !this.stopped; n++) {
      const began = performance.now();
      await client.query(make(n)).catch((error: Error) => this.errors.length < 100 && this.errors.push(error.message));
      this.longest = Math.max(this.longest, performance.now() - began);
      this.statements++;
    }
    await client.end();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.works);
  }
}

const names = ['_quizzes', '_students', '_submissions', ...['Customer', 'Product', 'Quote', 'Document', 'Competitor'].map((name) => `sales."${name}"`)];

describe('two applications with 200,000 rows, which read and write meanwhile', () => {
  it('get organizations without an error, also when the command is killed, and are what they were after a rollback', async () => {
    const { adopt, owner, database, env, organizations, fileOf } = product;
    const { north, south } = organizations;
    const before = await describeTables(owner, names);
    const application = new Application(database.owner);

    const killed = startTenantry(env, 'adopt', await fileOf(schoolPlan));
    const filled = async (): Promise<number> =>
      Number((await owner.query(`select next_page from tenantry_adoption.tables where name = '_submissions'`).catch(() => ({ rows: [] }))).rows[0]?.next_page ?? 0);
    expect(await eventually(filled, (page) => page > 0, 60_000)).toBeGreaterThan(0);
    killed.kill();
    expect((await killed.ended).code).toBe(null);
    expect((await owner.query(`select from _submissions where organization_id is null limit 1`)).rowCount).toBe(1);

    // The connection of the killed command holds its lock until its statement has ended.
    expect(
      await eventually(
        () => adopt(schoolPlan),
        ({ err }) => !err.startsWith('Another process'),
        60_000,
      ),
    ).toMatchObject({ code: 0, err: '' });
    expect(await adopt(salesPlan)).toMatchObject({ code: 0, err: '' });
    await application.stop();
    console.log(`${application.statements} statements of the applications, the longest ${Math.round(application.longest)} ms`);
    expect(application.errors).toEqual([]);
    expect(application.statements).toBeGreaterThan(100);

    for (const plan of [schoolPlan, salesPlan]) expect(await adopt(plan, '--protect', '--yes')).toMatchObject({ code: 0, err: '' });
    expect((await inspectUrl(database.app, { asApplication: true })).findings).toEqual([]);
    await everyTenantSeesItsRows(north, south);

    for (const plan of [salesPlan, schoolPlan]) expect(await adopt(plan, '--rollback', '--yes')).toMatchObject({ code: 0, err: '' });
    expect(await describeTables(owner, names)).toEqual(before);
  }, 120_000);
});

/** Compares what each organization sees with the original columns, which no policy reads. */
async function everyTenantSeesItsRows(north: string, south: string): Promise<void> {
  const platform = new pg.Client({ connectionString: product.database.platform });
  await platform.connect();
  const bySchool = async (from: string): Promise<Record<string, number>> => {
    const { rows } = await platform.query<{ school_code: string; count: string }>(`select school_code, count(*) from ${from} group by 1`);
    return Object.fromEntries(rows.map(({ school_code: code, count }) => [code, Number(count)]));
  };
  for (const [table, from] of Object.entries({ _quizzes: '_quizzes', _students: '_students', _submissions: '_submissions s join _quizzes q on q.id = s.quiz_id' })) {
    const counts = await bySchool(from);
    for (const [code, organization] of [
      ['N-01', north],
      ['south', south],
    ] as const) {
      expect(counts[code]).toBeGreaterThan(0);
      expect(await product.asTenant(organization, `select count(*)::int from ${table}`)).toEqual([{ count: counts[code] }]);
    }
  }
  expect(await product.asTenant(south, 'select from sales."Document"')).toEqual([]);
  expect(await product.asTenant(null, 'select from _submissions')).toEqual([]);
  await platform.end();
}
