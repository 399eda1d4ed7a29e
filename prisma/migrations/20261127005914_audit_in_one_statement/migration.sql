-- An event is one row: actor and details move from their own tables into audit.events. Each chain and its hashes stay as they are. Takes an exclusive lock on
-- the audit log until the end; a million events take about a minute.
lock table audit.events, audit.actors, audit.details, audit.pending in access exclusive mode;
drop index audit.events_action_idx;
drop index audit.events_actor_idx;
drop index audit.events_refused_idx;
drop index audit.events_request_idx;
drop index audit.events_target_idx;
drop index audit.events_time_idx;
alter table audit.events
  drop constraint events_pkey, drop constraint events_actor_check, drop constraint events_outcome_check,
  alter column id drop default,
  add column actor_salt bytea, add column actor_name text, add column ip text, add column user_agent text,
  add column details_salt bytea, add column details jsonb;
create policy recorder_erases on audit.events for update to current_user using (true) with check (true);
update audit.events e
   set actor_salt = a.salt, actor_name = a.name, ip = a.ip, user_agent = a.user_agent, details_salt = d.salt, details = d.changes
  from audit.events s left join audit.actors a on a.event_id = s.id left join audit.details d on d.event_id = s.id
 where e.ctid = s.ctid;
drop table audit.actors, audit.details;
create index events_action_idx on audit.events (organization_id, action, sequence);
create index events_actor_idx on audit.events (organization_id, actor_id, sequence);
create index events_refused_idx on audit.events (organization_id, sequence) where outcome = 'refused';
create index events_request_idx on audit.events (organization_id, request_id, sequence);
create index events_target_idx on audit.events (organization_id, target_id, sequence);
create index events_time_idx on audit.events (organization_id, occurred_at, sequence);

alter table audit.heads add column previous_hash bytea, add column occurred_at timestamptz(3) not null default '-infinity', set (fillfactor = 50);
update audit.heads h set previous_hash = e.previous_hash, occurred_at = e.occurred_at
  from audit.events e where e.sequence = h.sequence and coalesce(e.organization_id, '00000000-0000-0000-0000-000000000000') = h.chain;

drop table audit.pending;
create unlogged table audit.pending (
  position bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  chain uuid,
  relation text not null,
  row_id text,
  operation text not null,
  before jsonb,
  after jsonb,
  recording boolean,
  always boolean not null default false,
  concealed boolean not null default false,
  constraint pending_pkey primary key (xid, position)
);
alter table audit.pending enable row level security;
alter table audit.pending force row level security;
revoke all on table audit.pending from public, tenantry_app, tenantry_platform;
create policy recorder on audit.pending to current_user using (true) with check (true);

drop function audit.is_erasing(uuid);

CREATE OR REPLACE FUNCTION audit.append(chain uuid, context jsonb, outcome text, code text, times integer, target_table text, target_id text, changes integer, listed jsonb, recording boolean, always boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  for attempt in 1 .. 2 loop
    with head as (
      update audit.heads h
         set (sequence, occurred_at, previous_hash, hash) = (
               select h.sequence + 1, now_is.at, h.hash, sha256(h.hash || convert_to(jsonb_build_array(
                        nullif(append.chain, '00000000-0000-0000-0000-000000000000')::text, g.id::text, (h.sequence + 1)::text, to_char(now_is.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                        g.request_id, g.actor_kind, g.actor_id, g.action, append.outcome, append.code, append.times::text, append.target_table, g.target_id,
                        append.changes::text, encode(g.actor_hash, 'hex'), encode(g.details_hash, 'hex'))::text, 'UTF8'))
                 from (select greatest(clock_timestamp(), h.occurred_at)::timestamptz(3) as at offset 0) now_is),
             recording = coalesce(append.recording, h.recording)
        from (select p.*, sha256(p.actor_salt || convert_to(jsonb_build_array(p.actor_name, p.ip, p.user_agent)::text, 'UTF8')) as actor_hash,
                     sha256(p.details_salt || convert_to(append.listed::text, 'UTF8')) as details_hash
                from (select gen_random_uuid() as id, left(context ->> 'requestId', 200) as request_id,
                             case when context ->> 'actorKind' is null then 'system'
                                  when context ->> 'actorKind' in ('user', 'key', 'operator', 'job', 'system', 'anonymous') then context ->> 'actorKind' end as actor_kind,
                             left(context ->> 'actorId', 200) as actor_id, left(coalesce(context ->> 'action', 'sql'), 200) as action,
                             left(append.target_id, 300) as target_id, uuid_send(gen_random_uuid()) as actor_salt,
                             coalesce(left(context ->> 'actorName', 1000), case when context is null then session_user end) as actor_name,
                             left(context ->> 'ip', 100) as ip, left(context ->> 'userAgent', 1000) as user_agent, uuid_send(gen_random_uuid()) as details_salt offset 0) p offset 0) g
       where h.chain = append.chain and (h.recording or append.always or g.actor_kind = 'operator')
      returning h.sequence, h.occurred_at, h.previous_hash, h.hash, g.*)
    insert into audit.events (organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, code, times, target_table, target_id, changes,
                              actor_hash, details_hash, previous_hash, hash, actor_salt, actor_name, ip, user_agent, details_salt, details)
    select nullif(append.chain, '00000000-0000-0000-0000-000000000000'), e.id, e.sequence, e.occurred_at, e.request_id, e.actor_kind, e.actor_id, e.action, append.outcome, append.code, append.times,
           append.target_table, e.target_id, append.changes, e.actor_hash, e.details_hash, e.previous_hash, e.hash, e.actor_salt, e.actor_name, e.ip, e.user_agent, e.details_salt, append.listed
      from head e;
    exit when found;
    -- The first event of its chain, or one that is not recorded.
    insert into audit.heads (chain) values (append.chain) on conflict do nothing;
  end loop;
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
  update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null
   where e.actor_salt is not null and (e.actor_id = any(user_ids) or lower(e.actor_name) ~ any(named));
  get diagnostics actors = row_count;
  update audit.events e set details_salt = null, details = null
   where lower(e.details::text) ~ any(named)
      or exists (select from jsonb_array_elements(e.details) c
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
 SET enable_seqscan TO 'off'
AS $function$
declare
  context jsonb := nullif(current_setting('app.audit', true), '')::jsonb;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  erased uuid[];
  -- The event of a transaction that erases a person lists its rows without their content, which would put back the erased data.
  erases_person boolean;
  home uuid;
  unknown jsonb;
  -- Assigned, because `perform` is a statement of its own.
  written text;
  each record;
begin
  -- The only change of the transaction, as of most requests: no later row was added in this session, and the call for an earlier one would have removed this one.
  if new.position = currval('audit.pending_position_seq') and new.chain is not null and new.relation <> 'organizations' then
    delete from audit.pending p where p.xid = new.xid and p.position = new.position and not p.concealed;
    if found then
      written := audit.append(new.chain, context, 'done', null, 1, new.relation, new.row_id, 1,
        jsonb_build_array(jsonb_build_object('table', new.relation, 'id', new.row_id, 'operation', new.operation, 'before', new.before, 'after', new.after)), new.recording, new.always);
      return null;
    end if;
  end if;
  -- The call for the first row writes the events of the whole transaction.
  if not exists (select from audit.pending p where p.xid = new.xid and p.position = new.position) then return null; end if;
  -- Rows that belong to no organization (users, sessions) are recorded in the organization of the request; otherwise in
  -- the only organization that was changed, or signed in to; otherwise on the platform.
  -- The note of the application role does not choose the organization.
  home := coalesce(case when pg_has_role(session_user, 'tenantry_platform', 'usage') then nullif(context ->> 'organizationId', '') end,
                   nullif(current_setting('app.current_organization_id', true), ''))::uuid;
  if home is null then
    select case when count(distinct p.chain) = 1 then min(p.chain::text)::uuid end into home
      from audit.pending p where p.xid = new.xid and p.chain <> nobody and not p.concealed and p.relation not in ('users', 'platform_admins');
  end if;
  if home is null then
    select case when count(distinct p.after ->> 'active_organization_id') = 1 then min(p.after ->> 'active_organization_id')::uuid end
      into home from audit.pending p where p.xid = new.xid and p.relation = 'sessions' and p.operation = 'insert';
  end if;
  -- In a sign-in or sign-up, the actor is the user of the new session.
  if context ->> 'actorKind' = 'anonymous' then
    context := context || coalesce((
      select jsonb_build_object('actorKind', 'user', 'actorId', p.after ->> 'user_id')
        from audit.pending p where p.xid = new.xid and p.relation = 'sessions' and p.operation = 'insert' limit 1), '{}');
  end if;
  unknown := jsonb_build_object('actorKind', 'anonymous', 'action', context ->> 'action');
  erases_person := exists (select from audit.pending p where p.xid = new.xid and p.relation in ('audit.actors', 'audit.details'));
  erased := array(select e.organization_id from audit.erasing e where e.xid = new.xid);
  for each in
    with taken as (delete from audit.pending p where p.xid = new.xid returning p.*)
    select r.chain, count(*)::integer as changes, min(r.relation) filter (where r.n = 1) as target_table, min(r.row_id) filter (where r.n = 1) as target_id,
           (array_agg(r.recording order by r.position desc) filter (where r.recording is not null))[1] as recording, bool_or(r.always) as always, bool_and(r.concealed) as concealed,
           jsonb_agg(jsonb_build_object('table', r.relation, 'id', r.row_id, 'operation', r.operation,
             'before', case when r.listed then r.before end, 'after', case when r.listed then r.after end) order by r.position)
             filter (where r.n <= 1000 or r.relation in ('audit.actors', 'audit.details')) as listed
      from (select coalesce(p.chain, home, nobody) as chain, p.relation, p.row_id, p.operation, p.before, p.after, p.recording, p.always, p.position, p.concealed and p.chain is not null as concealed,
                   p.relation in ('audit.actors', 'audit.details') or not (erases_person or coalesce(p.chain, home) = any(erased)) as listed,
                   row_number() over (partition by coalesce(p.chain, home, nobody) order by p.position) as n
              from taken p) r
     group by r.chain order by r.chain
  loop
    written := audit.append(each.chain, case when each.concealed and each.chain is distinct from home and context ->> 'actorKind' in ('user', 'anonymous') then unknown else context end, 'done', null, 1, each.target_table, each.target_id, each.changes, each.listed, each.recording, each.always);
  end loop;
  -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
  if cardinality(erased) > 0 then
    update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null, details_salt = null, details = null
      from audit.heads h where h.chain = any(erased) and e.organization_id = h.chain and e.sequence < h.sequence;
    update audit.heads h set erased_at = clock_timestamp() where h.chain = any(erased);
    delete from audit.erasing e where e.xid = new.xid;
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.is_secret(name text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (((name ~ 'hash|secret|token|sealed|password|content|private'::text) AND (name !~ '_(at|days|attempts|enabled|required)$'::text)) OR (name = ANY (ARRAY['billing_email'::text, 'billing_address'::text, 'tax_id'::text, 'billed_to'::text])))
;

create or replace function audit.keep_event() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  actor constant text[] := '{actor_salt,actor_name,ip,user_agent}';
  details constant text[] := '{details_salt,details}';
begin
  if to_jsonb(new) - actor - details = to_jsonb(old) - actor - details
    and (num_nonnulls(new.actor_salt, new.actor_name, new.ip, new.user_agent) = 0
         or (new.actor_salt, new.actor_name, new.ip, new.user_agent) is not distinct from (old.actor_salt, old.actor_name, old.ip, old.user_agent))
    and (num_nonnulls(new.details_salt, new.details) = 0 or (new.details_salt, new.details) is not distinct from (old.details_salt, old.details))
  then
    return new;
  end if;
  raise exception 'An audit event cannot be changed' using errcode = '42501';
end
$$;

CREATE OR REPLACE FUNCTION audit.left_out()
 RETURNS TABLE(name text, reason text)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
values
  ('mail_messages', 'The outbox: a mail results from a recorded change, and is personal data.'),
  ('meter_totals', 'Incremented with each use.'),
  ('usage_anchors', 'Written together with the change of the anchor day, which is recorded.'),
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
  ('user_tokens.email', 'The address that an account wants to have is not for the readers of an organization''s log; the change to it is recorded.'),
  ('.updated_at', 'Changes only together with other columns.'),
  ('.access_version', 'Incremented by triggers together with recorded changes.'),
  ('.last_used_at', 'Updated with each use, outside of the request.'),
  ('.last_used_ip', 'Updated with each use, outside of the request.'),
  ('.use_count', 'Updated with each use, outside of the request.'),
  ('.last_checked_at', 'Updated with each daily lookup; a lookup that changes something is recorded.'),
  ('.last_login_at', 'The new session is recorded.'),
  ('.last_step', 'The last used code of a second factor; the new session is recorded.'),
  ('.burnt', 'Incremented with each use.'),
  ('.mailed_at', 'Records only that a mail was sent.')
$function$
;

CREATE OR REPLACE FUNCTION audit.record()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  was jsonb := to_jsonb(old) - tg_argv[1]::text[];
  now_is jsonb := to_jsonb(new) - tg_argv[1]::text[];
  whole constant jsonb := coalesce(now_is, was);
  several_keys text;
  recording boolean;
  always boolean := false;
begin
  if tg_nargs > 4 then
    several_keys := (select string_agg(whole ->> tg_argv[n], '/' order by n) from generate_series(5, tg_nargs - 1) n);
    always := exists (
      select from unnest(tg_argv[4]::text[]) rule
       where rule in ('*', lower(tg_op))
          or (rule like '%=*' and num_nonnulls(was ->> rtrim(rule, '=*'), now_is ->> rtrim(rule, '=*')) > 0)
          or split_part(rule, '=', 2) in (was ->> split_part(rule, '=', 1), now_is ->> split_part(rule, '=', 1)));
    if tg_table_name = 'settings_documents' then
      if now_is ->> 'section' = 'security' then recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
      elsif was ->> 'section' = 'security' then recording := true;
      end if;
    end if;
  end if;
  if tg_op <> 'INSERT' then
    -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
    if tg_op = 'DELETE' then
      if tg_table_name <> 'organizations' and exists (
        select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id::text = was ->> tg_argv[0]
      ) then
        return null;
      end if;
    else
      select jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, now_is -> b.key) into was, now_is
        from jsonb_each(was) b where now_is -> b.key is distinct from b.value;
      if was is null then return null; end if;
    end if;
  end if;
  if coalesce(now_is, was) - tg_argv[2]::text[] <> '{}' then
    was := was || audit.redacted(was - tg_argv[2]::text[]);
    now_is := now_is || audit.redacted(now_is - tg_argv[2]::text[]);
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, recording, always)
  values (case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' else (whole ->> tg_argv[0])::uuid end, tg_table_name,
          coalesce(several_keys, whole ->> tg_argv[3]), lower(tg_op), was, now_is, recording, always);
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
  select coalesce(b.organization_id, '00000000-0000-0000-0000-000000000000'), part.name, min(b.id::text), 'delete', jsonb_build_object('sequences', jsonb_agg(b.sequence order by b.sequence)), true
    from before b join after a on a.id = b.id
   cross join lateral (values ('audit.actors', b.actor_salt, a.actor_salt), ('audit.details', b.details_salt, a.details_salt)) as part (name, salt_before, salt_after)
   where part.salt_before is not null and part.salt_after is null
     and not exists (select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id = b.organization_id)
   group by b.organization_id, part.name order by part.name, b.organization_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.redacted(document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
begin
  return case jsonb_typeof(document)
    when 'object' then (
      select coalesce(jsonb_object_agg(key,
               case when jsonb_typeof(value) = 'null' then value
                    when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                    when audit.is_secret(key) then '"[redacted]"'
                    when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value)
                    else value end), '{}')
        from jsonb_each(document))
    when 'array' then (
      select coalesce(jsonb_agg(case when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value) else value end order by n), '[]')
        from jsonb_array_elements(document) with ordinality as each (value, n))
    else document end;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.watch(target regclass, always text[] DEFAULT NULL::text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET client_min_messages TO 'warning'
AS $function$
declare
  table_name constant text := (select relname from pg_class where oid = target);
  owner_column text := (select attname from pg_attribute where attrelid = target and attname = 'organization_id' and not attisdropped);
  key_columns text[];
  left_out_columns text[];
  plain_columns text[];
  kept constant text[] := (select nullif((string_to_array(encode(g.tgargs, 'escape'), '\000'))[5], '') from pg_trigger g where g.tgrelid = target and g.tgname = 'audit');
  rules constant text[] := coalesce(always, kept, '{}');
  arguments text;
begin
  execute format('drop trigger if exists audit on %s', target);
  if exists (select from audit.left_out() l where l.name = table_name) then return; end if;
  if table_name = 'organizations' then owner_column := 'id'; end if;
  if table_name in ('job_runs', 'catalog_versions', 'signing_keys', 'platform_admins') then owner_column := 'platform'; end if;
  select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) into key_columns
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = target and i.indisprimary and a.attname <> 'organization_id';
  select array_agg(c.name order by c.name) filter (where c.left_out), array_agg(c.name order by c.name) filter (where not c.left_out and not c.of_many_parts and not audit.is_secret(c.name))
    into left_out_columns, plain_columns
    from (select a.attname::text as name,
                 exists (select from audit.left_out() l where l.name in ('.' || a.attname, table_name || '.' || a.attname)) as left_out,
                 -- Documents, bytea, and types of which nothing is known.
                 coalesce(nullif(e.typcategory, 'A'), t.typcategory) not in ('B', 'D', 'E', 'I', 'N', 'S', 'T') and t.typname not in ('uuid', '_uuid') as of_many_parts
            from pg_attribute a join pg_type d on d.oid = a.atttypid join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid) left join pg_type e on e.oid = nullif(t.typelem, 0)
           where a.attrelid = target and a.attnum > 0 and not a.attisdropped) c;
  arguments := concat_ws(', ', quote_literal(coalesce(owner_column, '')), quote_literal(coalesce(left_out_columns, '{}')), quote_literal(coalesce(plain_columns, '{}')), quote_literal(coalesce(key_columns[1], '')),
    case when rules <> '{}' or cardinality(key_columns) > 1 then quote_literal(rules) end,
    case when cardinality(key_columns) > 1 then (select string_agg(quote_literal(k), ', ' order by n) from unnest(key_columns) with ordinality as each (k, n)) end);
  execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.record(%s)', target, arguments);
end
$function$
;

CREATE TRIGGER erased AFTER UPDATE ON audit.events REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION audit.record_erasure();
CREATE TRIGGER keep BEFORE UPDATE ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.keep_event();
comment on function audit.is_secret(text) is 'Reports whether the value under a name is masked in the audit log: a column, or a key of a JSON document.';
comment on function audit.keep_event() is 'Trigger: refuses an update of an event that does more than erase its actor or its details.';
comment on function audit.record_erasure() is 'Trigger: records of which events the actor or the details were erased, without their content.';
create constraint trigger finish after insert on audit.pending deferrable initially deferred for each row execute function audit.finish();

-- The triggers of all tables, also of those that the installation has added, have other arguments now.
do $do$
declare
  watched record;
begin
  for watched in
    select g.tgrelid::regclass as name, nullif((string_to_array(encode(g.tgargs, 'escape'), '\000'))[4], '')::text[] as always
      from pg_trigger g where g.tgname = 'audit' and g.tgparentid = 0
  loop
    perform audit.watch(watched.name, always => watched.always);
  end loop;
end
$do$;
