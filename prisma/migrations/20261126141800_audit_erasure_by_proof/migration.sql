-- An erasure of a part of the audit log is proved by rows that only the owner writes, not by settings of a session.
alter table audit.heads add column erased_at timestamptz;
alter table audit.pending add column always boolean not null default false;

create table audit.erasing (
  xid xid8 not null default pg_current_xact_id(),
  organization_id uuid not null,
  primary key (xid, organization_id)
);

alter table audit.erasing enable row level security;
alter table audit.erasing force row level security;
revoke all on table audit.erasing from public, tenantry_app, tenantry_platform;
create policy recorder on audit.erasing to current_user using (true) with check (true);

create table audit.erased_persons (
  -- The id of the user, or the SHA-256 of the email address.
  person text not null primary key,
  erased_at timestamptz not null
);

alter table audit.erased_persons enable row level security;
alter table audit.erased_persons force row level security;
revoke all on table audit.erased_persons from public, tenantry_app, tenantry_platform;
create policy recorder on audit.erased_persons to current_user using (true) with check (true);

drop trigger erased on audit.actors;
drop trigger erased on audit.details;
drop policy platform_erases on audit.actors;
drop policy platform_erases on audit.details;
revoke delete on table audit.actors from tenantry_platform;
revoke delete on table audit.details from tenantry_platform;
comment on function audit.begin_erasing() is null;
comment on function audit.record_erasure() is null;
comment on function audit.refuse(jsonb) is null;
drop function audit.append(uuid, jsonb, text, text, integer, text, text, integer, jsonb, boolean);
drop function audit.is_erasing(uuid);
drop function audit.watch(regclass);

CREATE OR REPLACE FUNCTION audit.append(chain uuid, context jsonb, outcome text, code text, times integer, target_table text, target_id text, changes integer, listed jsonb, recording boolean, always boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  head audit.heads;
  event audit.events;
  actor audit.actors;
  detail audit.details;
begin
  insert into audit.heads (chain) values (append.chain) on conflict do nothing;
  select * into head from audit.heads h where h.chain = append.chain for update;
  if not (head.recording or append.always or coalesce(context ->> 'actorKind' = 'operator', false)) then return; end if;
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
  actor := row(event.organization_id, event.id, uuid_send(gen_random_uuid()), coalesce(left(context ->> 'actorName', 1000), case when context is null then session_user end),
               left(context ->> 'ip', 100), left(context ->> 'userAgent', 1000));
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
$function$
;

CREATE OR REPLACE FUNCTION audit.begin_erasing()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into audit.erasing (organization_id) values (old.id) on conflict do nothing;
  return old;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.erase_person(user_ids text[], addresses text[])
 RETURNS TABLE(actors bigint, details bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  -- A whole address: `ann@example.com` is not a part of `joann@example.com`.
  named constant text[] := array(
    select '(?<![a-z0-9._%+-])' || regexp_replace(lower(a), '[^[:alnum:]@]', '\\\&', 'g') || '(?![a-z0-9-]|[.][a-z0-9])' from unnest(addresses) a where a like '_%@_%');
begin
  -- Waits for refusals that are being written (audit.refuse), and makes later ones wait until this transaction ends.
  lock table audit.erased_persons in share row exclusive mode;
  delete from audit.actors a using audit.events e
   where e.id = a.event_id and (e.actor_id = any(user_ids) or lower(a.name) ~ any(named));
  get diagnostics actors = row_count;
  delete from audit.details d
   where lower(d.changes::text) ~ any(named)
      or exists (select from jsonb_array_elements(d.changes) c
                  where (c ->> 'table' = 'users' and c ->> 'id' = any(user_ids) and (c ->> 'before' is not null or c ->> 'after' is not null))
                     or c -> 'before' ->> 'user_id' = any(user_ids) or c -> 'after' ->> 'user_id' = any(user_ids));
  get diagnostics details = row_count;
  delete from audit.erased_persons p where p.erased_at < clock_timestamp() - interval '30 days';
  insert into audit.erased_persons (person, erased_at)
  select u, clock_timestamp() from unnest(user_ids) u
  union select encode(sha256(convert_to(lower(a), 'UTF8')), 'hex'), clock_timestamp() from unnest(addresses) a
  on conflict (person) do update set erased_at = excluded.erased_at;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.finish()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  mine constant xid8 := pg_current_xact_id();
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  context jsonb := nullif(current_setting('app.audit', true), '')::jsonb;
  erased constant uuid[] := array(select e.organization_id from audit.erasing e where e.xid = mine);
  -- The event of a transaction that erases a person lists its rows without their content, which would put back the erased data.
  erases_person boolean;
  home uuid;
  each record;
begin
  -- The call for the first row writes the events of the whole transaction.
  if not exists (select from audit.pending p where p.position = new.position) then return null; end if;
  -- Rows that belong to no organization (users, sessions) are recorded in the organization of the request; otherwise in
  -- the only organization that was changed, or signed in to; otherwise on the platform.
  -- The note of the application role does not choose the organization.
  home := coalesce(case when pg_has_role(session_user, 'tenantry_platform', 'usage') then nullif(context ->> 'organizationId', '') end,
                   nullif(current_setting('app.current_organization_id', true), ''))::uuid;
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
  erases_person := exists (select from audit.pending p where p.xid = mine and p.relation in ('audit.actors', 'audit.details'));
  for each in
    select r.chain, count(*)::integer as changes, min(r.relation) filter (where r.n = 1) as target_table, min(r.row_id) filter (where r.n = 1) as target_id,
           (array_agg(r.recording order by r.position desc) filter (where r.recording is not null))[1] as recording, bool_or(r.always) as always,
           jsonb_agg(jsonb_build_object('table', r.relation, 'id', r.row_id, 'operation', r.operation,
             'before', case when r.listed then r.before end, 'after', case when r.listed then r.after end) order by r.position)
             filter (where r.n <= 1000 or r.relation in ('audit.actors', 'audit.details')) as listed
      from (select coalesce(p.chain, home, nobody) as chain, p.relation, p.row_id, p.operation, p.before, p.after, p.recording, p.always, p.position,
                   p.relation in ('audit.actors', 'audit.details') or not (erases_person or coalesce(p.chain, home) = any(erased)) as listed,
                   row_number() over (partition by coalesce(p.chain, home, nobody) order by p.position) as n
              from audit.pending p where p.xid = mine) r
     group by r.chain order by r.chain
  loop
    perform audit.append(each.chain, context, 'done', null, 1, each.target_table, each.target_id, each.changes, each.listed, each.recording, each.always);
  end loop;
  delete from audit.pending p where p.xid = mine;
  -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
  if cardinality(erased) > 0 then
    delete from audit.actors a using audit.events e
     where a.organization_id = any(erased) and e.id = a.event_id and e.sequence < (select h.sequence from audit.heads h where h.chain = a.organization_id);
    delete from audit.details d using audit.events e
     where d.organization_id = any(erased) and e.id = d.event_id and e.sequence < (select h.sequence from audit.heads h where h.chain = d.organization_id);
    update audit.heads h set erased_at = clock_timestamp() where h.chain = any(erased);
    delete from audit.erasing e where e.xid = mine;
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.is_erasing(organization uuid)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select exists (select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id = organization) $function$
;

CREATE OR REPLACE FUNCTION audit.record()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  was jsonb;
  now_is jsonb;
  whole jsonb;
  chain uuid;
  recording boolean;
  always boolean := false;
  left_out constant text[] := tg_argv[2]::text[];
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then now_is := to_jsonb(new); end if;
  whole := coalesce(now_is, was);
  chain := case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' when '' then null else (whole ->> tg_argv[0])::uuid end;
  -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
  if tg_op = 'DELETE' and tg_table_name <> 'organizations' and audit.is_erasing(chain) then return null; end if;
  if tg_table_name = 'settings_documents' then
    if now_is ->> 'section' = 'security' then recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
    elsif was ->> 'section' = 'security' then recording := true;
    end if;
  end if;
  if tg_argv[3] <> '{}' then
    always := exists (
      select from unnest(tg_argv[3]::text[]) rule
       where rule in ('*', lower(tg_op))
          or (rule like '%=*' and num_nonnulls(was ->> rtrim(rule, '=*'), now_is ->> rtrim(rule, '=*')) > 0)
          or split_part(rule, '=', 2) in (was ->> split_part(rule, '=', 1), now_is ->> split_part(rule, '=', 1)));
  end if;
  was := was - left_out;
  now_is := now_is - left_out;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, now_is -> b.key) into was, now_is
      from jsonb_each(was) b where now_is -> b.key is distinct from b.value;
    if was is null then return null; end if;
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, recording, always)
  values (chain, tg_table_name, (select string_agg(whole ->> each.name, '/' order by each.n) from unnest(tg_argv[1]::text[]) with ordinality as each (name, n)),
          lower(tg_op), audit.redacted(was), audit.redacted(now_is), recording, always);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.record_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into audit.pending (chain, relation, row_id, operation, before, always)
  select coalesce(g.organization_id, '00000000-0000-0000-0000-000000000000'), 'audit.' || tg_table_name, min(g.event_id::text), 'delete',
         jsonb_build_object('sequences', jsonb_agg(e.sequence order by e.sequence)), true
    from gone g join audit.events e on e.id = g.event_id
   where not audit.is_erasing(g.organization_id)
   group by g.organization_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.refuse(refusals jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  each record;
  erased timestamptz;
  context jsonb;
begin
  lock table audit.erased_persons in row exclusive mode;
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times,
           clock_timestamp() - make_interval(secs => coalesce((value ->> 'waited')::float8, 0) / 1000) as since, value - 'code' - 'times' - 'waited' as note
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    select h.erased_at into erased from audit.heads h where h.chain = each.chain for update;
    context := each.note;
    if erased >= each.since or exists (
      select from audit.erased_persons p
       where p.erased_at >= each.since and p.person in (context ->> 'actorId', encode(sha256(convert_to(lower(context ->> 'actorName'), 'UTF8')), 'hex'))
    ) then
      context := context - '{actorName,ip,userAgent}'::text[];
    end if;
    perform audit.append(each.chain, context, 'refused', each.code, each.times, null, null, 0, '[]', null, false);
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.tell(organization uuid, of_table text, row_id text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
insert into audit.pending (chain, relation, row_id, operation, before, after) values (organization, of_table, row_id, 'update', before, after)
$function$
;

CREATE OR REPLACE FUNCTION audit.watch(target regclass, always text[] DEFAULT NULL::text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET client_min_messages TO 'warning'
AS $function$
declare
  table_name text := (select relname from pg_class where oid = target);
  owner_column text := (select attname from pg_attribute where attrelid = target and attname = 'organization_id' and not attisdropped);
  key_columns text[];
  kept constant text[] := (select nullif((string_to_array(encode(g.tgargs, 'escape'), '\000'))[4], '') from pg_trigger g where g.tgrelid = target and g.tgname = 'audit');
begin
  execute format('drop trigger if exists audit on %s', target);
  if exists (select from audit.left_out() l where l.name = table_name) then return; end if;
  if table_name = 'organizations' then owner_column := 'id'; end if;
  if table_name in ('job_runs', 'catalog_versions', 'signing_keys', 'platform_admins') then owner_column := 'platform'; end if;
  select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) into key_columns
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = target and i.indisprimary and a.attname <> 'organization_id';
  execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.record(%L, %L, %L, %L)',
    target, coalesce(owner_column, ''), coalesce(key_columns, '{}'), (select array_agg(substr(l.name, 2)) from audit.left_out() l where l.name like '.%'),
    coalesce(always, kept, '{}'));
end
$function$
;

CREATE OR REPLACE FUNCTION usage.drop_partitions(before date)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET client_min_messages TO 'warning'
AS $function$
declare
  name text;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry partitions', 0));
  for name in
    select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid
     where i.inhparent = 'public.request_log'::regclass and c.relnamespace = 'partitions'::regnamespace
       and c.relname < format('request_log_%s', to_char(date_trunc('month', before), 'YYYY_MM'))
  loop
    execute format('drop table partitions.%I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.make_partition(month date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET client_min_messages TO 'warning'
AS $function$
declare
  first_day date := date_trunc('month', month)::date;
  name text := format('request_log_%s', to_char(first_day, 'YYYY_MM'));
begin
  -- In most calls the partition exists.
  if to_regclass('partitions.' || name) is not null then return false; end if;
  -- One of several replicas creates it.
  perform pg_advisory_xact_lock(hashtextextended('tenantry partitions', 0));
  if to_regclass('partitions.' || name) is not null then return false; end if;
  execute format('create table partitions.%I partition of public.request_log for values from (%L) to (%L)',
    name, first_day::timestamp at time zone 'UTC', (first_day + interval '1 month')::timestamp at time zone 'UTC');
  execute format('alter table partitions.%I enable row level security', name);
  execute format('alter table partitions.%I force row level security', name);
  return true;
end
$function$
;

select audit.watch('public.api_keys');
select audit.watch('public.catalog_versions');
select audit.watch('public.credentials');
select audit.watch('public.custom_roles');
select audit.watch('public.domains');
select audit.watch('public.entitlement_overrides', always => '{*}');
select audit.watch('public.integration_secrets');
select audit.watch('public.invitations');
select audit.watch('public.invoice_lines');
select audit.watch('public.invoices');
select audit.watch('public.join_requests');
select audit.watch('public.member_roles');
select audit.watch('public.memberships');
select audit.watch('public.organizations', always => '{delete}');
select audit.watch('public.platform_admins');
select audit.watch('public.projects');
select audit.watch('public.provisioning_steps');
select audit.watch('public.recovery_codes');
select audit.watch('public.second_factors');
select audit.watch('public.sessions', always => '{impersonator_id=*}');
select audit.watch('public.settings_documents', always => '{section=security,section=compliance}');
select audit.watch('public.signing_keys');
select audit.watch('public.subscriptions');
select audit.watch('public.tasks');
select audit.watch('public.team_members');
select audit.watch('public.team_roles');
select audit.watch('public.teams');
select audit.watch('public.usage_grants');
select audit.watch('public.usage_thresholds');
select audit.watch('public.user_tokens');
select audit.watch('public.users');
CREATE TRIGGER erased AFTER DELETE ON audit.actors REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION audit.record_erasure();
CREATE TRIGGER erased AFTER DELETE ON audit.details REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION audit.record_erasure();
comment on function audit.begin_erasing() is 'Trigger: notes in audit.erasing that the transaction erases an organization, before its row is deleted.';
comment on function audit.record_erasure() is 'Trigger: records of which events the actors or the details were erased, without their content.';
comment on function audit.refuse(jsonb) is 'Records refused requests: an array of {organizationId, code, times, waited, ...context}; `waited` in milliseconds.';

grant execute on function audit.erase_person(text[], text[]) to tenantry_platform;
comment on function audit.append(uuid, jsonb, text, text, integer, text, text, integer, jsonb, boolean, boolean) is 'Appends an event to the chain of an organization, unless the organization does not record.';
comment on function audit.erase_person(text[], text[]) is 'Erases the actors and the changes of the events that name a person; returns how many of each.';
comment on function audit.is_erasing(uuid) is 'Reports whether this transaction erases an organization permanently.';
comment on function audit.watch(regclass, text[]) is 'Records the changes of a table in the audit log, unless audit.left_out() names the table.';

-- Nobody but the owner creates temporary objects or large objects in the database, because they belong to no tenant; and no role ends
-- connections, which serve other tenants. Only a superuser can revoke functions of PostgreSQL: without one, it is done by hand
-- (docs/database.md), possibly before this.
do $$
begin
  execute format('revoke temporary on database %I from public, tenantry_app', current_database());
end
$$;
do $$
begin
  revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
    pg_catalog.pg_cancel_backend(integer), pg_catalog.pg_terminate_backend(integer, bigint) from public;
  grant execute on function pg_catalog.pg_cancel_backend(integer), pg_catalog.pg_terminate_backend(integer, bigint) to tenantry_platform;
exception
  when insufficient_privilege then null; -- revoked before
end
$$;
