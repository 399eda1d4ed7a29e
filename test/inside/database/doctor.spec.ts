import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { inspectDatabase, inspectUrl } from '../../../src/database/doctor/doctor.js';
import { checkPublicFunctions } from '../../../src/database/doctor/role.checks.js';
import { readPublicFunctions } from '../../../src/database/doctor/schema-facts.js';
import { withDefaultSettings } from '../../../src/database/connect/default-connection.js';
import { testDatabase } from '../../support/database.js';

const database = testDatabase();
const owner = new pg.Client({ connectionString: database.owner });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

/** The findings of the doctor after statements that are rolled back. */
async function findAfter(sql: string): Promise<string[]> {
  await owner.query('begin');
  try {
    await owner.query(sql);
    return (await inspectDatabase(owner)).findings.map(({ check, object }) => `${check}: ${object}`);
  } finally {
    await owner.query('rollback');
  }
}

const bound = 'organization_id = (select app.current_organization_id())';
const newTable = 'create table _notes (organization_id uuid not null references organizations, id uuid, primary key (organization_id, id));';
const partitioned = `create table _events (organization_id uuid not null references organizations, at date, primary key (organization_id, at)) partition by range (at);
  create table _events_2026 partition of _events for values from ('2026-01-01') to ('2027-01-01');`;

describe('the doctor', () => {
  it.each(['app', 'platform', 'owner'] as const)('the doctor finds nothing wrong in a migrated database, asked as %s', async (role) => {
    expect(await inspectUrl(database[role])).toEqual({ findings: [], warnings: [] });
  });

  it('the doctor accepts only the application role as the application role', async () => {
    expect(await inspectUrl(database.app, { asApplication: true })).toEqual({ findings: [], warnings: [] });
    expect(await inspectUrl(database.platform, { asApplication: true })).toMatchObject({ findings: [{ check: 'role' }] });
    expect(await inspectUrl(database.owner, { asApplication: true })).toMatchObject({ findings: [{ check: 'role' }] });
  });

  it('the doctor warns of functions that only a superuser can take from the application role, and prints the statement', async () => {
    // Nobody has revoked them in this database, which was never migrated.
    const elsewhere = new URL(database.app);
    elsewhere.pathname = '/postgres';
    const [warning, ...others] = checkPublicFunctions(await withDefaultSettings(elsewhere.href, readPublicFunctions));
    expect(others).toEqual([]);
    const functions = 'lo_creat(integer), lo_create(oid), lo_from_bytea(oid,bytea), pg_cancel_backend(integer), pg_terminate_backend(integer,bigint)';
    expect(warning?.fix).toContain(`Run as a superuser in this database: revoke execute on function ${functions} from public;`);
  });

  it.each([
    ['row security switched off', 'alter table teams disable row level security', 'row_security: public.teams'],
    ['row security not forced', 'alter table teams no force row level security', 'row_security: public.teams'],
    ['row security not forced on a global table', 'alter table sessions no force row level security', 'row_security: public.sessions'],
    ['a policy dropped', 'drop policy tenant on team_members', 'tenant_policy: public.team_members'],
    ['a second permissive policy', 'create policy more on team_members to tenantry_app using (true)', 'tenant_policy: public.team_members'],
    ['a policy to PUBLIC', 'create policy more on team_members as restrictive using (true)', 'public_policy: more on public.team_members'],
    ['the platform policy widened', 'alter policy platform on team_members to tenantry_platform, tenantry_app', 'tenant_policy: public.team_members'],
    ['a policy with a way out', `alter policy tenant on team_members using (${bound} or current_setting('x', true) is null)`, 'tenant_policy: tenant on public.team_members'],
    ['a policy that checks nothing', 'alter policy tenant on team_members with check (true)', 'tenant_policy: tenant on public.team_members'],
    [
      'a policy for reading only',
      `drop policy tenant on team_members; create policy tenant on team_members for select to tenantry_app using (${bound})`,
      'tenant_policy: tenant on public.team_members',
    ],
    ['all users in sight', 'alter policy tenant on users using (true)', 'tenant_policy: tenant on public.users'],
    ['all organizations in sight', 'alter policy tenant on organizations using (true)', 'tenant_policy: tenant on public.organizations'],
    ['a global table opened', 'create policy more on refresh_tokens to tenantry_app using (true)', 'unexpected_policy: more on public.refresh_tokens'],
    [
      'a key without the tenant',
      'alter table teams add unique (id); alter table team_members add constraint k foreign key (team_id) references teams (id)',
      'tenant_key: k on public.team_members',
    ],
    [
      'a key that was never checked',
      'alter table team_members add constraint k foreign key (organization_id, team_id) references teams not valid',
      'tenant_key: k on public.team_members',
    ],
    ['a table without a reference to its tenant', 'alter table team_members drop constraint team_members_organization_id_fkey', 'tenant_reference: public.team_members'],
    ['a table without an index for its tenant', 'create table _notes (id uuid primary key, organization_id uuid not null references organizations)', 'tenant_index: public._notes'],
    ['a forgotten table', newTable, 'row_security: public._notes'],
    ['a table that nobody explained', 'create table _notes (id uuid)', 'unknown_table: public._notes'],
    [
      'a partition in the open',
      `${partitioned} select app.protect_tenant_table('_events'); alter table _events_2026 disable row level security; grant select on _events_2026 to tenantry_app`,
      'row_security: public._events_2026',
    ],
    ['TRUNCATE granted', 'grant truncate on team_members to tenantry_app', 'excess_privileges: public.team_members'],
    ['REFERENCES granted to PUBLIC', 'grant references (id) on team_members to public', 'excess_privileges: public.team_members'],
    ['a secret granted', 'grant select (user_id) on credentials to tenantry_app', 'global_privileges: public.credentials'],
    ['all columns of users granted', 'grant select on users to tenantry_app', 'global_privileges: public.users'],
    ['the id of organizations granted', 'grant update (id) on organizations to tenantry_app', 'global_privileges: public.organizations'],
    ['the migrations granted', 'grant select on _prisma_migrations to tenantry_app', 'global_privileges: public._prisma_migrations'],
    ['the queue granted', 'grant usage on schema pgboss to tenantry_app', 'unknown_table: pgboss.job'],
    ['CREATE granted', 'grant create on schema public to public', 'role: tenantry_app'],
    ["a view with its owner's rights", 'create view all_tasks as select * from team_members; grant select on all_tasks to tenantry_app', 'view: public.all_tasks'],
    ['a materialized view', 'create materialized view all_tasks as select * from team_members; grant select on all_tasks to tenantry_app', 'view: public.all_tasks'],
    [
      'a definer function with an open search_path',
      `create function f() returns int language sql security definer as 'select 1'; revoke execute on function f() from public`,
      'definer_function: f()',
    ],
    [
      'a definer function that the application may call',
      `create function f() returns int language sql security definer set search_path = pg_catalog, pg_temp as 'select 1'; grant execute on function f() to tenantry_app`,
      'definer_function: f()',
    ],
    [
      'a function that the application may execute and no file grants',
      `create function usage.free_units() returns int language sql return 1; grant execute on function usage.free_units to tenantry_app`,
      'undeclared_function: usage.free_units()',
    ],
    ['a function that every role may execute', `create function f() returns int language sql return 1; grant execute on function f to public`, 'undeclared_function: f()'],
    [
      'a function of the platform granted to the application',
      'grant execute on function usage.json_time to tenantry_app',
      'undeclared_function: usage.json_time(timestamp with time zone)',
    ],
    [
      'a namesake of a granted function with other arguments',
      `create function usage.granted(text) returns int language sql return 1; grant execute on function usage.granted(text) to tenantry_app`,
      'undeclared_function: usage.granted(text)',
    ],
    [
      'another tenant function',
      'create or replace function app.current_organization_id() returns uuid language sql stable parallel safe return gen_random_uuid()',
      'tenant_function: app.current_organization_id()',
    ],
  ])('the doctor finds %s', async (_, sql, finding) => {
    expect(await findAfter(sql)).toContain(finding);
  });

  it.each([
    ['a new table that is protected', `${newTable} select app.protect_tenant_table('_notes')`],
    ['partitions that are protected', `${partitioned} select app.protect_tenant_table('_events')`],
    ["a view with the caller's rights", 'create view my_tasks with (security_invoker) as select * from team_members; grant select on my_tasks to tenantry_app'],
    ['a table out of reach', 'create schema elsewhere; create table elsewhere.notes (id uuid)'],
  ])('the doctor accepts %s', async (_, sql) => {
    expect(await findAfter(sql)).toEqual([]);
  });
});
