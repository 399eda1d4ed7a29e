-- The audit log: its tables, and the functions and triggers that write them.

-- Returns the tables and columns that the audit log does not record, each with the reason.
-- execute: tenantry_app, tenantry_platform
--
-- Tables by name; a column of any table with a dot before its name.
create function audit.left_out() returns table (name text, reason text)
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
values
  ('mail_messages', 'The outbox: a mail results from a recorded change, and is personal data.'),
  ('meter_totals', 'Incremented with each use.'),
  ('usage_events', 'The ledger of usage: append-only, and records who reported what and when.'),
  ('usage_subjects', 'Derived from the ledger of usage.'),
  ('usage_days', 'Derived from the ledger of usage.'),
  ('usage_reservations', 'Units held for a time; the units used are in the ledger of usage.'),
  ('usage_leases', 'Units in use for a time, extended by heartbeats.'),
  ('request_log', 'It is itself a record of requests.'),
  ('request_days', 'Derived from the request log.'),
  ('domain_events', 'The outbox of webhooks: results from a recorded change.'),
  ('usage_settlements', 'Records only which batch of counted requests was written.'),
  ('usage_reports', 'It is itself a ledger: the usage reported to the payment provider, and when.'),
  ('provider_events', 'The inbox of a payment provider: the changes that an event causes are recorded.'),
  ('job_runs', 'Records only that a job ran; its changes are recorded with the job as the actor.'),
  ('access_log', 'It is itself append-only, and reading changes no state.'),
  ('access_log_records', 'Part of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; refused sign-ins are recorded.'),
  ('refresh_tokens', 'Each use changes its session, which is recorded.'),
  ('.updated_at', 'Changes only together with other columns.'),
  ('.access_version', 'Incremented by triggers together with recorded changes.'),
  ('.last_used_at', 'Updated with each use, outside of the request.'),
  ('.last_used_ip', 'Updated with each use, outside of the request.'),
  ('.use_count', 'Updated with each use, outside of the request.'),
  ('.last_login_at', 'The new session is recorded.'),
  ('.last_step', 'The last used code of a second factor; the new session is recorded.'),
  ('.burnt', 'Incremented with each use.'),
  ('.mailed_at', 'Records only that a mail was sent.')
$$;
revoke all on function audit.left_out() from public;
grant execute on function audit.left_out() to tenantry_app, tenantry_platform;
comment on function audit.left_out() is 'Returns the tables and columns that the audit log does not record, each with the reason.';

-- Reports whether this transaction erases an organization permanently.
-- execute: owner
create function audit.is_erasing(organization_id uuid) returns boolean
  language sql stable
  as $$ select coalesce(strpos(current_setting('app.audit_erasing', true), organization_id::text) > 0, false) $$;
revoke all on function audit.is_erasing(uuid) from public;
comment on function audit.is_erasing(uuid) is 'Reports whether this transaction erases an organization permanently.';

-- The changes of running transactions; a row lives until its transaction commits.
-- access: owner
create table audit.pending (
  position bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  -- Null until the transaction commits, when the organization is not known from the row.
  chain uuid,
  relation text not null,
  row_id text,
  operation text not null,
  before jsonb,
  after jsonb,
  recording boolean
);
create index pending_xid_idx on audit.pending (xid);

alter table audit.pending enable row level security;
alter table audit.pending force row level security;
revoke all on table audit.pending from public, tenantry_app, tenantry_platform;
create policy recorder on audit.pending to current_user using (true) with check (true);

-- Returns a JSON document with every secret replaced by "[redacted]", at any depth.
-- execute: owner
--
-- Secrets are values under the names below, and every bytea. It has no search_path of its own, because that costs with
-- each call; only functions that set one call it.
create function audit.redacted(document jsonb) returns jsonb
  language plpgsql immutable parallel safe strict
  as $$
begin
  return case jsonb_typeof(document)
    when 'object' then (
      select coalesce(jsonb_object_agg(key,
               case when jsonb_typeof(value) = 'null' then value
                    when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                    when key ~ 'hash|secret|token|sealed|password|content|private' and key !~ '_(at|days|attempts|enabled|required)$' then '"[redacted]"'
                    -- Only members who manage billing may see the recipient of invoices; readers of the log may not be among them.
                    when key in ('billing_email', 'billing_address', 'tax_id', 'billed_to') then '"[redacted]"'
                    when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value)
                    else value end), '{}')
        from jsonb_each(document))
    when 'array' then (
      select coalesce(jsonb_agg(case when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value) else value end order by n), '[]')
        from jsonb_array_elements(document) with ordinality as each (value, n))
    else document end;
end
$$;
revoke all on function audit.redacted(jsonb) from public;
comment on function audit.redacted(jsonb) is 'Returns a JSON document with every secret replaced by "[redacted]", at any depth.';

-- Trigger: writes one changed row to audit.pending.
-- execute: owner
--
-- Arguments: 1. the column with the organization's id, `platform` for a row of the platform, '' for a row that belongs to
-- the organization whose work changed it (users, sessions); 2. the key columns; 3. the columns that are left out.
create function audit.record() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
declare
  was jsonb;
  now_is jsonb;
  whole jsonb;
  chain uuid;
  recording boolean;
  left_out constant text[] := tg_argv[2]::text[];
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then now_is := to_jsonb(new); end if;
  whole := coalesce(now_is, was);
  chain := case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' when '' then null else (whole ->> tg_argv[0])::uuid end;
  -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
  if tg_op = 'DELETE' and tg_table_name <> 'organizations' and audit.is_erasing(chain) then return null; end if;
  if tg_table_name = 'settings_documents' and whole ->> 'section' = 'security' then
    recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
  end if;
  was := was - left_out;
  now_is := now_is - left_out;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, now_is -> b.key) into was, now_is
      from jsonb_each(was) b where now_is -> b.key is distinct from b.value;
    if was is null then return null; end if;
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, recording)
  values (chain, tg_table_name, (select string_agg(whole ->> each.name, '/' order by each.n) from unnest(tg_argv[1]::text[]) with ordinality as each (name, n)),
          lower(tg_op), audit.redacted(was), audit.redacted(now_is), recording);
  return null;
end
$$;
revoke all on function audit.record() from public;
comment on function audit.record() is 'Trigger: writes one changed row to audit.pending.';

-- Records the changes of a table in the audit log, unless audit.left_out() names the table.
-- execute: owner
--
-- The template of the trigger `audit`. Call it again when audit.left_out() changes.
create function audit.watch(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
declare
  table_name text := (select relname from pg_class where oid = target);
  owner_column text := (select attname from pg_attribute where attrelid = target and attname = 'organization_id' and not attisdropped);
  key_columns text[];
begin
  execute format('drop trigger if exists audit on %s', target);
  if exists (select from audit.left_out() l where l.name = table_name) then return; end if;
  if table_name = 'organizations' then owner_column := 'id'; end if;
  if table_name in ('job_runs', 'catalog_versions', 'signing_keys', 'platform_admins') then owner_column := 'platform'; end if;
  select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) into key_columns
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = target and i.indisprimary and a.attname <> 'organization_id';
  execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.record(%L, %L, %L)',
    target, coalesce(owner_column, ''), coalesce(key_columns, '{}'), (select array_agg(substr(l.name, 2)) from audit.left_out() l where l.name like '.%'));
end
$$;
revoke all on function audit.watch(regclass) from public;
comment on function audit.watch(regclass) is 'Records the changes of a table in the audit log, unless audit.left_out() names the table.';

-- The actors of audit events: who it was, and from where.
-- access: tenantry_app reads those of its organization, tenantry_platform reads and erases all
--
-- Next to the chain because they are personal data: the chain has a salted hash of them, and remains valid after erasure.
create table audit.actors (
  organization_id uuid,
  event_id uuid not null primary key,
  salt bytea not null,
  name text,
  ip text,
  user_agent text
);
create index actors_organization_idx on audit.actors (organization_id);

alter table audit.actors enable row level security;
alter table audit.actors force row level security;
revoke all on table audit.actors from public, tenantry_app, tenantry_platform;
create policy tenant on audit.actors for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.actors for select to tenantry_platform using (true);
grant select on table audit.actors to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.actors for select to current_user using (true);
create policy recorder_adds on audit.actors for insert to current_user with check (true);
create policy platform_erases on audit.actors for delete to tenantry_platform using (true);
grant delete on table audit.actors to tenantry_platform;
create policy recorder_erases on audit.actors for delete to current_user using (true);

-- The last event of each chain; its row lock puts the events of an organization in order.
-- access: tenantry_platform reads all
--
-- The chain of the platform has the nil UUID.
create table audit.heads (
  chain uuid not null primary key,
  sequence bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  -- False when the organization does not record its changes (security policy, auditLogsEnabled).
  recording boolean not null default true
);

alter table audit.heads enable row level security;
alter table audit.heads force row level security;
revoke all on table audit.heads from public, tenantry_app, tenantry_platform;
create policy recorder on audit.heads to current_user using (true) with check (true);
create policy platform on audit.heads for select to tenantry_platform using (true);
grant select on audit.heads to tenantry_platform;

-- The audit events: what happened, in one chain of hashes for each organization.
-- access: tenantry_app reads the events of its organization, tenantry_platform all
--
-- Events of the platform have no organization. Events outlive the organization.
create table audit.events (
  organization_id uuid,
  id uuid not null default gen_random_uuid() primary key,
  sequence bigint not null,
  occurred_at timestamptz(3) not null,
  request_id text,
  actor_kind text not null,
  actor_id text,
  action text not null,
  outcome text not null,
  code text,
  -- Equal refusals within a moment are one event.
  times integer not null,
  target_table text,
  target_id text,
  -- The number of changed rows; the details list the first thousand.
  changes integer not null,
  actor_hash bytea not null,
  details_hash bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint events_sequence_key unique nulls not distinct (organization_id, sequence),
  constraint events_actor_check check (actor_kind in ('user', 'key', 'operator', 'job', 'system', 'anonymous')),
  constraint events_outcome_check check (outcome in ('done', 'refused'))
);
create index events_action_idx on audit.events (organization_id, action, sequence);
create index events_actor_idx on audit.events (organization_id, actor_id, sequence) where actor_id is not null;
create index events_target_idx on audit.events (organization_id, target_id, sequence) where target_id is not null;
create index events_refused_idx on audit.events (organization_id, sequence) where outcome = 'refused';
create index events_request_idx on audit.events (organization_id, request_id, sequence) where request_id is not null;
create index events_time_idx on audit.events (organization_id, occurred_at, sequence);

alter table audit.events enable row level security;
alter table audit.events force row level security;
revoke all on table audit.events from public, tenantry_app, tenantry_platform;
create policy tenant on audit.events for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.events for select to tenantry_platform using (true);
grant select on table audit.events to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.events for select to current_user using (true);
create policy recorder_adds on audit.events for insert to current_user with check (true);

-- The changed rows of audit events.
-- access: tenantry_app reads those of its organization, tenantry_platform reads and erases all
--
-- Next to the chain because they are personal data: the chain has a salted hash of them, and remains valid after erasure.
create table audit.details (
  organization_id uuid,
  event_id uuid not null primary key,
  salt bytea not null,
  changes jsonb not null
);
create index details_organization_idx on audit.details (organization_id);

alter table audit.details enable row level security;
alter table audit.details force row level security;
revoke all on table audit.details from public, tenantry_app, tenantry_platform;
create policy tenant on audit.details for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.details for select to tenantry_platform using (true);
grant select on table audit.details to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.details for select to current_user using (true);
create policy recorder_adds on audit.details for insert to current_user with check (true);
create policy platform_erases on audit.details for delete to tenantry_platform using (true);
grant delete on table audit.details to tenantry_platform;
create policy recorder_erases on audit.details for delete to current_user using (true);

-- Appends an event to the chain of an organization, unless the organization does not record.
-- execute: owner
--
-- `recording` is the new value of auditLogsEnabled when this event sets it; such an event is always recorded.
create function audit.append(
  chain uuid, context jsonb, outcome text, code text, times integer, target_table text, target_id text, changes integer, listed jsonb, recording boolean
) returns void
  language plpgsql
  as $$
declare
  head audit.heads;
  event audit.events;
  actor audit.actors;
  detail audit.details;
begin
  insert into audit.heads (chain) values (append.chain) on conflict do nothing;
  select * into head from audit.heads h where h.chain = append.chain for update;
  if not head.recording and append.recording is null then return; end if;
  event.organization_id := nullif(append.chain, '00000000-0000-0000-0000-000000000000');
  event.id := gen_random_uuid();
  event.sequence := head.sequence + 1;
  event.occurred_at := clock_timestamp();
  event.request_id := left(context ->> 'requestId', 200);
  event.actor_kind := coalesce(context ->> 'actorKind', 'system');
  event.actor_id := left(context ->> 'actorId', 200);
  event.action := left(coalesce(context ->> 'action', 'sql'), 200);
  event.outcome := append.outcome;
  event.code := append.code;
  event.times := append.times;
  event.target_table := append.target_table;
  event.target_id := left(append.target_id, 300);
  event.changes := append.changes;
  actor := row(event.organization_id, event.id, uuid_send(gen_random_uuid()), coalesce(context ->> 'actorName', case when context is null then session_user end),
               context ->> 'ip', context ->> 'userAgent');
  detail := row(event.organization_id, event.id, uuid_send(gen_random_uuid()), append.listed);
  event.actor_hash := sha256(actor.salt || convert_to(jsonb_build_array(actor.name, actor.ip, actor.user_agent)::text, 'UTF8'));
  event.details_hash := sha256(detail.salt || convert_to(detail.changes::text, 'UTF8'));
  event.previous_hash := head.hash;
  event.hash := sha256(head.hash || convert_to(jsonb_build_array(
    event.organization_id::text, event.id::text, event.sequence::text, to_char(event.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    event.request_id, event.actor_kind, event.actor_id, event.action, event.outcome, event.code, event.times::text, event.target_table, event.target_id,
    event.changes::text, encode(event.actor_hash, 'hex'), encode(event.details_hash, 'hex'))::text, 'UTF8'));
  insert into audit.events select event.*;
  insert into audit.actors select actor.*;
  insert into audit.details select detail.*;
  update audit.heads h set sequence = event.sequence, hash = event.hash, recording = coalesce(append.recording, h.recording) where h.chain = append.chain;
end
$$;
revoke all on function audit.append(uuid, jsonb, text, text, integer, text, text, integer, jsonb, boolean) from public;
comment on function audit.append(uuid, jsonb, text, text, integer, text, text, integer, jsonb, boolean) is 'Appends an event to the chain of an organization, unless the organization does not record.';

-- Trigger: turns the changes of a transaction into one event for each organization when the transaction commits.
-- execute: owner
create function audit.finish() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
declare
  mine constant xid8 := pg_current_xact_id();
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  context jsonb := nullif(current_setting('app.audit', true), '')::jsonb;
  erased constant uuid[] := string_to_array(ltrim(current_setting('app.audit_erasing', true)), ' ')::uuid[];
  home uuid;
  each record;
begin
  -- The call for the first row writes the events of the whole transaction.
  if not exists (select from audit.pending p where p.position = new.position) then return null; end if;
  -- Rows that belong to no organization (users, sessions) are recorded in the organization of the request; otherwise in
  -- the only organization that was changed, or signed in to; otherwise on the platform.
  home := coalesce(nullif(context ->> 'organizationId', ''), nullif(current_setting('app.current_organization_id', true), ''))::uuid;
  if home is null then
    select case when count(distinct p.chain) = 1 then min(p.chain::text)::uuid end into home from audit.pending p where p.xid = mine and p.chain <> nobody;
  end if;
  if home is null then
    select case when count(distinct p.after ->> 'active_organization_id') = 1 then min(p.after ->> 'active_organization_id')::uuid end
      into home from audit.pending p where p.xid = mine and p.relation = 'sessions' and p.operation = 'insert';
  end if;
  -- In a sign-in or sign-up, the actor is the user of the new session.
  if context ->> 'actorKind' = 'anonymous' then
    context := context || coalesce((
      select jsonb_build_object('actorKind', 'user', 'actorId', p.after ->> 'user_id')
        from audit.pending p where p.xid = mine and p.relation = 'sessions' and p.operation = 'insert' limit 1), '{}');
  end if;
  for each in
    select r.chain, count(*)::integer as changes, min(r.relation) filter (where r.n = 1) as target_table, min(r.row_id) filter (where r.n = 1) as target_id,
           (array_agg(r.recording order by r.position desc) filter (where r.recording is not null))[1] as recording,
           jsonb_agg(jsonb_build_object('table', r.relation, 'id', r.row_id, 'operation', r.operation, 'before', r.before, 'after', r.after) order by r.position)
             filter (where r.n <= 1000) as listed
      from (select coalesce(p.chain, home, nobody) as chain, p.relation, p.row_id, p.operation, p.before, p.after, p.recording, p.position,
                   row_number() over (partition by coalesce(p.chain, home, nobody) order by p.position) as n
              from audit.pending p where p.xid = mine) r
     group by r.chain order by r.chain
  loop
    perform audit.append(each.chain, context, 'done', null, 1, each.target_table, each.target_id, each.changes, each.listed, each.recording);
  end loop;
  delete from audit.pending p where p.xid = mine;
  -- An erased organization keeps its events without actors and details; only the last event keeps its actor.
  if cardinality(erased) > 0 then
    delete from audit.actors a using audit.events e
     where a.organization_id = any(erased) and e.id = a.event_id and e.sequence < (select h.sequence from audit.heads h where h.chain = a.organization_id);
    delete from audit.details d where d.organization_id = any(erased);
  end if;
  return null;
end
$$;

create constraint trigger finish after insert on audit.pending deferrable initially deferred for each row execute function audit.finish();
revoke all on function audit.finish() from public;
comment on function audit.finish() is 'Trigger: turns the changes of a transaction into one event for each organization when the transaction commits.';

-- Leaves a table, or a column of any table (with a dot before its name), out of the audit log, for a reason.
-- execute: owner
--
-- For installations that add tables of their own. In this repository, edit prisma/functions/audit/left_out.sql instead.
-- Then: audit.watch(table).
create function audit.leave_out(added_name text, added_reason text) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  entries constant text := (
    select string_agg(format('(%L, %L)', name, reason), E',\n  ')
      from (select l.name, l.reason from audit.left_out() l where l.name <> added_name union all select added_name, added_reason) l);
begin
  execute format(
    'create or replace function audit.left_out() returns table (name text, reason text)
       language sql immutable parallel safe set search_path = pg_catalog as %L', E'\nvalues\n  ' || entries || E'\n');
end
$$;
revoke all on function audit.leave_out(text, text) from public;
comment on function audit.leave_out(text, text) is 'Leaves a table, or a column of any table (with a dot before its name), out of the audit log, for a reason.';

-- Trigger: records that the actor or the details of an audit event were erased, without their content.
-- execute: owner
create function audit.record_erasure() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
begin
  if audit.is_erasing(old.organization_id) then return null; end if;
  insert into audit.pending (chain, relation, row_id, operation)
  values (coalesce(old.organization_id, '00000000-0000-0000-0000-000000000000'), 'audit.' || tg_table_name, old.event_id::text, 'delete');
  return null;
end
$$;

create trigger erased after delete on audit.actors for each row execute function audit.record_erasure();
create trigger erased after delete on audit.details for each row execute function audit.record_erasure();
revoke all on function audit.record_erasure() from public;
comment on function audit.record_erasure() is 'Trigger: records that the actor or the details of an audit event were erased, without their content.';

-- Records refused requests: an array of {organizationId, code, times, ...context}.
-- execute: tenantry_platform
create function audit.refuse(refusals jsonb) returns void
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times, value - 'code' - 'times' as context
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    perform audit.append(each.chain, each.context, 'refused', each.code, each.times, null, null, 0, '[]', null);
  end loop;
end
$$;
revoke all on function audit.refuse(jsonb) from public;
grant execute on function audit.refuse(jsonb) to tenantry_platform;
comment on function audit.refuse(jsonb) is 'Records refused requests: an array of {organizationId, code, times, ...context}.';

-- Records a change that no trigger sees, in the transaction of the change.
-- execute: tenantry_platform
create function audit.tell(organization uuid, of_table text, row_id text, before jsonb, after jsonb) returns void
  language sql security definer
  set search_path = pg_catalog
  as $$
insert into audit.pending (chain, relation, row_id, operation, before, after) values (organization, of_table, row_id, 'update', before, after)
$$;
revoke all on function audit.tell(uuid, text, text, jsonb, jsonb) from public;
grant execute on function audit.tell(uuid, text, text, jsonb, jsonb) to tenantry_platform;
comment on function audit.tell(uuid, text, text, jsonb, jsonb) is 'Records a change that no trigger sees, in the transaction of the change.';
