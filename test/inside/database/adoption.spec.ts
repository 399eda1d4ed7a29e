import { afterEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { inspectUrl } from '../../../src/database/doctor/doctor.js';
import { runTenantry } from '../../support/command.js';
import { eventually } from '../../support/eventually.js';
import { itInLongRun } from '../../support/rounds.js';
import { describeTables, salesPlan, salesTables, schoolPlan, schoolTables, singleTenant, type SingleTenant } from '../../support/single-tenant.js';

let product: SingleTenant;
const start = async (tables: string): Promise<SingleTenant> => (product = await singleTenant(tables));
afterEach(() => product.end());

const school = () => start(schoolTables(30, 60, 300));
const schoolNames = ['_quizzes', '_students', '_submissions'];
const salesNames = ['Customer', 'Product', 'Quote', 'Document', 'Competitor'].map((name) => `sales."${name}"`);

const count = async (organizationId: string | null, table: string): Promise<number> =>
  Number((await product.asTenant(organizationId, `select count(*) from ${table}`))[0]?.['count']);

describe('the adoption of tables', () => {
  it('gives each row the organization of the value of its column, or of the row that it references', async () => {
    const { adopt, organizations, owner, database } = await school();
    const { rows: before } = await owner.query(`select q.school_code, count(*)::int from _submissions s join _quizzes q on q.id = s.quiz_id group by 1 order by 1`);
    const { code, out, err } = await adopt(schoolPlan, '--protect', '--yes', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { tables } = JSON.parse(out);
    expect(tables.find(({ table }: { table: string }) => table === 'public._submissions')).toMatchObject({
      before: { [organizations.north]: before[0]?.count, [organizations.south]: before[1]?.count },
      after: { [organizations.north]: before[0]?.count, [organizations.south]: before[1]?.count },
    });
    expect([await count(organizations.north, '_submissions'), await count(organizations.south, '_submissions'), await count(null, '_submissions')]).toEqual([
      before[0]?.count,
      before[1]?.count,
      0,
    ]);
    expect((await product.asTenant(organizations.north, 'select distinct school_code from _quizzes')).map(({ school_code }) => school_code)).toEqual(['N-01']);
    expect((await inspectUrl(database.app, { asApplication: true })).findings).toEqual([]);
  });

  it('lets no archive of a tenant be written before the tables are protected: the server does not read them yet', async () => {
    const { adopt, env, fileOf } = await school();
    expect(await adopt(schoolPlan)).toMatchObject({ code: 0 });
    const file = (await fileOf('')).replace(/yaml$/, 'zip');
    expect(await runTenantry(env, 'tenant:export', 'north', '--out', file)).toMatchObject({ code: 1, err: expect.stringContaining('permission denied for table _') });
    expect(readdirSync(path.dirname(file)).filter((name) => name.includes('.zip'))).toEqual([]);
    expect(await adopt(schoolPlan, '--protect', '--yes')).toMatchObject({ code: 0 });
    expect(await runTenantry(env, 'tenant:export', 'north', '--out', file)).toMatchObject({ code: 0, err: '' });
  });

  it('makes the keys, the unique indexes and the foreign keys those of an organization', async () => {
    const { adopt, organizations, asTenant } = await school();
    await adopt(schoolPlan, '--protect', '--yes');
    const { north, south } = organizations;
    const [own] = await asTenant(north, 'select id from _quizzes limit 1');
    const [other] = await asTenant(south, 'select id from _quizzes limit 1');
    expect(await asTenant(north, `insert into _quizzes (id, title) values (${other?.['id']}, 'Same id') returning organization_id`)).toEqual([{ organization_id: north }]);
    await expect(asTenant(north, `insert into _submissions (quiz_id) values (${other?.['id']})`)).rejects.toThrow(/foreign key/);
    await expect(asTenant(north, `insert into _quizzes (organization_id, title) values ('${south}', 'Theirs')`)).rejects.toThrow(/row-level security/);
    await expect(asTenant(null, `insert into _quizzes (title) values ('Nobody')`)).rejects.toThrow(/row-level security/);
    await expect(asTenant(north, `insert into _quizzes (id, title) values (${own?.['id']}, 'Twice')`)).rejects.toThrow(/_quizzes_pkey/);
    expect(await asTenant(north, `insert into _students (school_code, email, name) select 'N-01', 's1@example.com', 'Same address' returning organization_id`)).toEqual([
      { organization_id: north },
    ]);
  });

  it('can be rolled back, before and after the tables are protected', async () => {
    const { adopt, owner } = await school();
    const before = await describeTables(owner, schoolNames);
    for (const options of [[], ['--protect', '--yes']]) {
      expect((await adopt(schoolPlan, ...options)).code).toBe(0);
      expect(await describeTables(owner, schoolNames)).not.toEqual(before);
      expect(await adopt(schoolPlan, '--rollback', '--yes')).toMatchObject({ code: 0, err: '' });
      expect(await describeTables(owner, schoolNames)).toEqual(before);
    }
    const { rows } = await owner.query(`select to_regnamespace('tenantry_adoption') as left_over, (select count(*)::int from _submissions) as rows`);
    expect(rows[0]).toEqual({ left_over: null, rows: 300 });
  });

  itInLongRun('prints a rollback script that restores the tables', async () => {
    const { adopt, owner } = await start(salesTables(2000));
    const before = await describeTables(owner, salesNames);
    expect(await adopt(salesPlan, '--protect', '--yes')).toMatchObject({ code: 0, err: '' });
    const { out } = await adopt(salesPlan, '--rollback', '--dry-run', '--json');
    for (const statement of JSON.parse(out).sql) await owner.query(statement);
    expect(await describeTables(owner, salesNames)).toEqual(before);
  });

  it('changes nothing in a dry run, and prints SQL that does the same', async () => {
    const { adopt, owner, organizations, database } = await start(salesTables(2000));
    const before = await describeTables(owner, salesNames);
    const { code, out } = await adopt(salesPlan, '--dry-run', '--json');
    const { sql, tables } = JSON.parse(out);
    expect([code, tables.find(({ table }: { table: string }) => table === 'sales.Document').before]).toEqual([0, { [organizations.north]: 2000 }]);
    expect(await describeTables(owner, salesNames)).toEqual(before);
    expect((await owner.query(`select to_regnamespace('tenantry_adoption') as made`)).rows).toEqual([{ made: null }]);
    expect(sql.join('\n')).toContain('app.protect_tenant_table');
    expect(await adopt(salesPlan, '--protect', '--yes')).toMatchObject({ code: 0, err: '' });
    expect([await count(organizations.north, 'sales."Document"'), await count(organizations.south, 'sales."Document"')]).toEqual([2000, 0]);
    expect((await inspectUrl(database.app, { asApplication: true })).findings).toEqual([]);
  });

  it('a row without an organization stops it, and the message counts the rows', async () => {
    const { adopt, owner } = await school();
    await owner.query(`update _quizzes set school_code = null where id in (select id from _quizzes order by id limit 2)`);
    const refused = await adopt(schoolPlan);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('public._quizzes: 2 row(s) have no organization');
    await owner.query(`update _quizzes set school_code = 'west' where school_code is null`);
    expect((await adopt(schoolPlan)).err).toContain('"west" (2 rows)');
  });

  it('a row that references rows of two organizations stops it', async () => {
    const { adopt, owner } = await school();
    await owner.query(`update _submissions set student_id = (select id from _students where school_code = 'south' limit 1) where id = (
      select s.id from _submissions s join _quizzes q on q.id = s.quiz_id where q.school_code = 'N-01' limit 1)`);
    const refused = await adopt(schoolPlan, '--protect', '--yes');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('_submissions_student_id_fkey');
  });

  it('a wrong organization that something else has written is found, corrected by the next run, and never protected', async () => {
    const { adopt, owner, organizations } = await school();
    await adopt(schoolPlan);
    await owner.query(`alter table _students disable trigger zz_tenantry_adoption; alter table _submissions drop constraint _submissions_student_id_fkey_tenant`);
    await owner.query(`update _students set organization_id = '${organizations.south}' where number = 3`);
    // The command enables its trigger and corrects the row.
    expect((await adopt(schoolPlan, '--protect', '--yes')).code).toBe(0);
    expect(await product.asTenant(organizations.south, 'select from _students where number = 3')).toEqual([]);
  });

  itInLongRun('a wrong organization that the fill cannot correct is counted, and the tables stay open', async () => {
    const { adopt, owner, organizations } = await school();
    await adopt(schoolPlan);
    await owner.query(`create function steal() returns trigger language plpgsql as $$ begin new.organization_id := '${organizations.south}'; return new; end $$;
      create trigger zzz_steal before update on _students for each row execute function steal(); delete from _submissions where student_id in (select id from _students where number in (3, 6));
      update _students set name = 'Stolen' where number in (3, 6)`);
    const refused = await adopt(schoolPlan, '--protect', '--yes');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining(`public._students: 2 row(s) belong to ${organizations.south}, and by their original columns to ${organizations.north}.`),
    ]);
    expect((await owner.query(`select relrowsecurity from pg_class where relname = '_students'`)).rows).toEqual([{ relrowsecurity: false }]);
  });

  itInLongRun('rows that are written between the two runs have their organization, and those without one are refused', async () => {
    const { adopt, owner, organizations } = await school();
    await adopt(schoolPlan);
    const { rows } = await owner.query(`insert into _quizzes (school_code, title) values ('N-01', 'New'), ('south', 'New') returning organization_id`);
    expect(rows.map(({ organization_id }) => organization_id)).toEqual([organizations.north, organizations.south]);
    await expect(owner.query(`insert into _quizzes (school_code, title) values ('west', 'New')`)).rejects.toThrow(/organization_id/);
  });

  it('tables that it cannot adopt are refused, with all reasons', async () => {
    const { adopt } = await start(`
      create table _parts (id integer, day date) partition by range (day);
      create table _taken (id integer, organization_id integer);
      create table _guarded (id integer); alter table _guarded enable row level security;
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create table _touched (id integer primary key); create trigger touch before update on _touched for each row execute function touch();
      create table _first (id integer primary key, second_id integer); create table _second (id integer primary key, first_id integer references _first);
      alter table _first add foreign key (second_id) references _second`);
    const { code, err } = await adopt('organization: north\ntables: [_parts, _taken, _guarded, _touched, nowhere, users]');
    expect(code).toBe(1);
    for (const name of ['_parts', '_taken', '_guarded', '_touched', 'nowhere', 'users']) expect(err).toContain(`public.${name}: `);
    expect((await adopt('tables: { _first: { through: second_id }, _second: { through: first_id } }')).err).toContain('through each other');
    expect((await adopt('organization: nobody\ntables: [_first, _second]')).err).toContain('nobody does not exist');
    expect((await adopt('tables: [_first]')).err).toContain('names no organization');
  });

  it('waits for a transaction that uses the table, without stopping those who want it meanwhile', async () => {
    const { adopt, owner } = await school();
    await owner.query('begin; update _quizzes set title = title where id = 1');
    const adopting = adopt(schoolPlan);
    await readUntilItWaits(product);
    await owner.query('commit');
    expect((await adopting).code).toBe(0);
  });
});

/** Reads the table until the adoption waits for it, and once more behind it. */
async function readUntilItWaits({ owner, database }: SingleTenant): Promise<void> {
  const reader = new pg.Client({ connectionString: database.owner });
  await reader.connect();
  try {
    const waiting = async (): Promise<number> => (await owner.query(`select from pg_locks where relation = '_quizzes'::regclass and not granted`)).rowCount ?? 0;
    expect(await eventually(waiting, (count) => count > 0)).toBeGreaterThan(0);
    await reader.query('select count(*) from _quizzes');
  } finally {
    await reader.end();
  }
}
