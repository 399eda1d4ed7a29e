import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyDatabase, scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

let live: ScratchDatabase;
let reference: Awaited<ReturnType<typeof emptyDatabase>>;

beforeAll(async () => {
  [live, reference] = await Promise.all([scratchDatabase(), emptyDatabase()]);
});
afterAll(() => Promise.all([live.drop(), reference.drop()]));

/** Runs `npm run db:drift -- --database <live>`. */
function drift(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/schema.mjs', 'drift', '--database', live.owner, '--reference', reference.owner], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** A manual change, and the line of the report that names it. */
const changes: readonly (readonly [sql: string, named: string])[] = [
  [
    `create or replace function usage.json_time(at timestamptz) returns text language sql stable parallel safe return at::text`,
    'function usage.json_time(timestamp with time zone): the database differs',
  ],
  [`create function usage.free_units(of_meter text) returns bigint language sql return 1`, 'function usage.free_units(text): no file has it'],
  ['drop function audit.leave_out(text, text)', 'function audit.leave_out(text, text): missing'],
  ['drop policy tenant on team_members', 'policy tenant on public.team_members: missing'],
  ['alter policy platform on teams using (created_at > now())', 'policy platform on public.teams: the database differs'],
  ['create policy more on users for select to tenantry_app using (true)', 'policy more on public.users: no file has it'],
  ['grant delete on invoices to tenantry_app', 'grant delete on table public.invoices to tenantry_app: no file has it'],
  ['grant update (email) on users to tenantry_app', 'grant update (email) on table public.users to tenantry_app: no file has it'],
  ['revoke select on usage_events from tenantry_app', 'grant select on table public.usage_events to tenantry_app: missing'],
  ['grant execute on function usage.settle to tenantry_app', 'grant execute on function usage.settle('],
  ['grant usage on schema pgboss to tenantry_app', 'grant usage on schema pgboss to tenantry_app: no file has it'],
  ['alter table memberships disable trigger audit', 'trigger audit on public.memberships: the database differs'],
  ['drop trigger notify_outbox on mail_messages', 'trigger notify_outbox on public.mail_messages: missing'],
  ['alter table teams no force row level security', 'row security public.teams: the database differs'],
  [
    `alter table usage_grants drop constraint usage_grants_amount_check, add constraint usage_grants_amount_check check (amount > -1)`,
    'check usage_grants_amount_check on public.usage_grants: the database differs',
  ],
  ['alter table teams drop constraint teams_name_check', 'check teams_name_check on public.teams: missing'],
  ['drop index users_verified_email_key', 'index public.users_verified_email_key: missing'],
  ['comment on index mail_messages_pkey is null', 'comment index public.mail_messages_pkey on public.mail_messages: missing'],
  ['alter table teams alter column name drop not null', 'column public.teams.name: the database differs'],
  ['create rule more as on insert to teams do also nothing', 'rule more on public.teams: no file has it'],
  ['create table _notes (id uuid)', 'table public._notes: no file has it'],
  ['alter default privileges in schema usage grant execute on functions to tenantry_app', 'default privileges usage, functions: no file has it'],
];

describe('db:drift', () => {
  it('db:drift accepts a live database that the migrations made', () => {
    expect(drift()).toEqual({ status: 0, output: 'The database matches the models and prisma/functions.\n' });
  });

  it('db:drift names every object of a live database that was changed by hand', async () => {
    await live.alter(...changes.map(([sql]) => sql));
    const { status, output } = drift();
    expect(status).toBe(2);
    const lines = output.split('\n').filter((line) => /^ {2}\S/.test(line));
    for (const [sql, named] of changes) expect({ sql, named: lines.filter((line) => line.includes(named)).length }).toEqual({ sql, named: 1 });
    expect(lines).toHaveLength(changes.length);
  });
});
