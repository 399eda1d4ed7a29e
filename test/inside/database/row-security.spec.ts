import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../support/database.js';

// The third wall alone: SQL as the application's own login, without our client in between.

const { app: appUrl, platform: platformUrl } = testDatabase();
const [app, platform] = [new pg.Client({ connectionString: appUrl }), new pg.Client({ connectionString: platformUrl })];
const [a, b] = [randomUUID(), randomUUID()];
const tenantTables = ['organizations', 'memberships', 'invitations', 'mail_messages', 'teams', 'team_members'];

/** Runs a statement as the application in a transaction that is bound to a tenant, and undone. */
async function within(tenant: string, sql: string): Promise<pg.QueryResult> {
  await app.query('begin');
  try {
    await app.query(`select set_config('app.current_organization_id', $1, true)`, [tenant]);
    return await app.query(sql);
  } finally {
    await app.query('rollback');
  }
}

beforeAll(async () => {
  await Promise.all([app.connect(), platform.connect()]);
  for (const id of [a, b]) {
    await platform.query('insert into organizations (id, name, slug, plan) values ($1, $2, $3, $4)', [id, 'Name', `rls-${id.slice(0, 8)}`, 'free']);
    await platform.query('insert into users (id, email, name) values ($1, $2, $3)', [id, `${id}@example.test`, 'Name']);
    await platform.query(`insert into memberships (organization_id, id, user_id, role) values ($1, $1, $1, 'owner')`, [id]);
    await platform.query('insert into teams (organization_id, id, name) values ($1, $1, $2)', [id, 'Team']);
    await platform.query('insert into team_members (organization_id, id, team_id, user_id) values ($1, $1, $1, $1)', [id]);
  }
});
afterAll(async () => {
  await Promise.all([app.end(), platform.end()]);
});

describe('the application role, in SQL', () => {
  it.each(tenantTables)('the application role sees nothing of %s without a tenant', async (table) => {
    expect((await app.query(`select count(*)::int as count from ${table}`)).rows).toEqual([{ count: 0 }]);
  });

  it('the application role writes nothing without a tenant, and fails on an invalid one', async () => {
    await expect(app.query(`insert into teams (organization_id, id, name) values ('${a}', gen_random_uuid(), 'x')`)).rejects.toMatchObject({ code: '42501' });
    await expect(within('nonsense', 'select * from teams')).rejects.toMatchObject({ code: '22P02' });
  });

  it.each([
    `select from teams where organization_id = '${b}'`,
    `update teams set name = 'x' where id = '${b}'`,
    `delete from memberships where user_id = '${b}'`,
    `update organizations set name = 'x' where id = '${b}'`,
  ])('the application role reaches no row of another tenant by: %s', async (sql) => {
    expect((await within(a, sql)).rowCount).toBe(0);
  });

  it('the application role sees only members of its organization, and only their public columns', async () => {
    expect((await within(a, 'select id from users')).rows).toEqual([{ id: a }]);
    await expect(within(a, 'select email_verified_at from users')).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['42501', `insert into teams (organization_id, id, name) values ('${b}', gen_random_uuid(), 'x')`],
    ['42501', `update teams set organization_id = '${b}'`],
    ['42501', `update organizations set id = '${b}'`],
    ['42501', `update organizations set status = 'trial'`],
    ['42501', 'delete from organizations'],
    ['42501', 'truncate teams'],
    ['42501', 'set role tenantry_platform'],
    ['42501', 'set session authorization tenantry_platform'],
    ['42501', 'alter table teams disable row level security'],
    ['42501', 'drop policy tenant on teams'],
    ['42501', `create function public.f() returns int language sql as 'select 1'`],
    ['42501', 'create table public._t (id int)'],
    ['42501', 'create trigger t before insert on teams for each row execute function app.notify_outbox()'],
    ['42501', `select app.protect_tenant_table('teams')`],
    ['42501', 'select * from _prisma_migrations'],
    ['42501', 'select * from credentials'],
    ['42501', 'select * from sessions'],
    ['42501', 'select * from signing_keys'],
    ['42501', 'select * from pgboss.job'],
    ['42501', `copy teams to program 'id'`],
    ['42501', `select lo_import('/etc/passwd')`],
    ['42501', `select pg_read_file('/etc/passwd')`],
    ['42501', 'select * from pg_authid'],
    ['42501', 'set local session_replication_role = replica'],
    ['23503', `insert into team_members (organization_id, id, team_id, user_id) values ('${a}', gen_random_uuid(), '${b}', '${a}')`],
    ['23503', `insert into team_members (organization_id, id, team_id, user_id) values ('${a}', gen_random_uuid(), '${a}', '${b}')`],
  ])('the application role is refused (%s): %s', async (code, sql) => {
    await expect(within(a, sql)).rejects.toMatchObject({ code });
  });

  it('the application role gets an error when it disables row security', async () => {
    await expect(within(a, 'set local row_security = off; select * from teams')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('foreign keys, which row security does not check', () => {
  it.each([
    `insert into team_members (organization_id, id, team_id, user_id) values ('${a}', gen_random_uuid(), '${b}', '${a}')`,
    `update team_members set user_id = '${b}' where organization_id = '${a}'`,
    `update team_members set organization_id = '${b}' where organization_id = '${a}'`,
  ])('foreign keys refuse a reference to another tenant: %s', async (sql) => {
    await expect(platform.query(sql)).rejects.toMatchObject({ code: '23503' });
  });

  it('foreign keys delete the places of a member who leaves, and keep the team', async () => {
    await platform.query(`delete from memberships where organization_id = '${a}'`);
    const left = 'select t.organization_id, m.user_id from teams t left join team_members m on m.organization_id = t.organization_id and m.team_id = t.id where t.id = $1';
    expect((await platform.query(left, [a])).rows).toEqual([{ organization_id: a, user_id: null }]);
  });
});
