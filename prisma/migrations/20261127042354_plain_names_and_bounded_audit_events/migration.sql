-- The queue of tenantry's own tasks gets their name. Its jobs move with it; a server of the previous version that is completing one leaves it to a retry,
-- which finds the task handled. The owner is subject to row security, which is not forced meanwhile.
alter table pgboss.queue no force row level security;
alter table pgboss.job no force row level security;
alter table pgboss.archive no force row level security;
select pgboss.create_queue('provider_tasks', '{"policy": "standard", "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "expireInSeconds": 3600, "retentionMinutes": 1440}');
select app.force_row_security(format('pgboss.%I', partition_name)::regclass) from pgboss.queue where name = 'provider_tasks';
update pgboss.job set name = 'provider_tasks' where name = 'provider_sweeps';
update pgboss.archive set name = 'provider_tasks' where name = 'provider_sweeps';
set constraints all immediate;
select pgboss.delete_queue('provider_sweeps');
alter table pgboss.queue force row level security;
alter table pgboss.job force row level security;
alter table pgboss.archive force row level security;

alter table audit.pending add column size integer not null default 0;

drop trigger bought_changed on public.subscriptions;
drop trigger tell_organizations on public.platform_admins;
drop trigger tell_organizations on public.users;
comment on function app.operator_removed() is null;
comment on function app.operators_key() is null;
comment on function audit.conceal(uuid[]) is null;
comment on function usage.give_back(uuid, text, timestamp with time zone, bigint, boolean, timestamp with time zone) is null;
comment on function usage.json_time(timestamp with time zone) is null;
comment on function usage.month_begins(date, integer) is null;
comment on function usage.quantity(bigint, integer) is null;
comment on function usage.readings(uuid[], jsonb, jsonb, timestamp with time zone, jsonb) is null;
comment on function usage.take(uuid, text, bigint, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint, boolean, boolean) is null;
comment on function usage.take_lot(uuid, text, bigint, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint) is null;
drop function app.bought_changed();
drop function audit.tell(uuid, text, text, jsonb, jsonb);
drop function audit.tell_organizations();
drop function usage.added(jsonb, jsonb, text);
drop function usage.end_overdue(uuid, text[], timestamp with time zone);
drop function usage.note(uuid, jsonb, timestamp with time zone);

CREATE OR REPLACE FUNCTION app.subscription_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats or new.add_ons is distinct from old.add_ons then
    perform app.raise_access_version(new.organization_id);
  end if;
  return null;
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
  -- Waits for the erasure of a person (audit.erase_person), which locks events before heads; this transaction locks them in the other order.
  lock table audit.erased_persons in row exclusive mode;
  insert into audit.erasing (organization_id) values (old.id) on conflict do nothing;
  return old;
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
                   p.relation in ('audit.actors', 'audit.details')
                     or (sum(p.size) over (partition by coalesce(p.chain, home, nobody) order by p.position) <= 1048576 and not (erases_person or coalesce(p.chain, home) = any(erased))) as listed,
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
  if jsonb_path_exists(was, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') or jsonb_path_exists(now_is, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') then
    was := audit.redacted(was);
    now_is := audit.redacted(now_is);
  end if;
  if coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0) > 1048576 then
    was := audit.shortened(was);
    now_is := audit.shortened(now_is);
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, size, recording, always)
  values (case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' else (whole ->> tg_argv[0])::uuid end, tg_table_name,
          coalesce(several_keys, whole ->> tg_argv[3]), lower(tg_op), was, now_is, coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0), recording, always);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.record_change(organization uuid, of_table text, row_id text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
insert into audit.pending (chain, relation, row_id, operation, before, after) values (organization, of_table, row_id, case when before is null then 'insert' when after is null then 'delete' else 'update' end, before, after)
$function$
;

CREATE OR REPLACE FUNCTION audit.record_in_organizations()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  subject uuid;
  was jsonb;
  now_is jsonb;
begin
  if tg_table_name = 'users' then
    subject := new.id;
    was := jsonb_build_object('disabled_at', old.disabled_at);
    now_is := jsonb_build_object('disabled_at', new.disabled_at);
  elsif tg_op = 'INSERT' then
    subject := new.user_id;
    now_is := jsonb_build_object('user_id', subject);
  else
    subject := old.user_id;
    was := jsonb_build_object('user_id', subject);
  end if;
  perform audit.record_change(m.organization_id, tg_table_name, subject::text, was, now_is)
    from public.memberships m where m.user_id = subject;
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
           statement_timestamp() - make_interval(secs => coalesce((value ->> 'waited')::float8, 0) / 1000) as since, value - 'code' - 'times' - 'waited' as note
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

CREATE OR REPLACE FUNCTION audit.shortened(document jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
 SET search_path TO 'pg_catalog'
AS $function$
select jsonb_object_agg(key, case when pg_column_size(value) > 8192 then '"[too large]"' else value end) from jsonb_each(document)
$function$
;

CREATE OR REPLACE FUNCTION usage.acquire_lease(organization uuid, lease jsonb, max_leases bigint, at timestamp with time zone)
 RETURNS TABLE(id uuid, live bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  of_meter text := lease ->> 'meter';
  own_id uuid := usage.new_id(at);
  live_now bigint;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, 'epoch', at, at)
    on conflict (organization_id, meter, period_start) do update set updated_at = at;
  delete from public.usage_leases l where l.organization_id = organization and l.meter = of_meter and l.expires_at <= at;
  select count(*) into live_now from public.usage_leases l where l.organization_id = organization and l.meter = of_meter;
  if live_now >= max_leases + usage.granted(organization, of_meter, at) then
    return query select null::uuid, live_now;
    return;
  end if;
  insert into public.usage_leases (organization_id, id, meter, subject, user_id, api_key_id, ttl_seconds, expires_at, created_at)
    values (organization, own_id, of_meter, lease ->> 'subject', (lease ->> 'userId')::uuid, (lease ->> 'apiKeyId')::uuid, (lease ->> 'ttlSeconds')::integer,
            at + make_interval(secs => (lease ->> 'ttlSeconds')::integer), at);
  -- The maximum in use at the same time on this day.
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    values (organization, (at at time zone 'UTC')::date, of_meter, '', live_now + 1, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = greatest(d.quantity, excluded.quantity), events = d.events + 1;
  return query select own_id, live_now + 1;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.add_on_units(add_ons jsonb, per_unit jsonb, meter text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
select least(coalesce(sum(a.quantity * (per_unit -> a.key ->> meter)::numeric), 0), 9007199254740991)::bigint from jsonb_to_recordset(add_ons) as a (key text, quantity numeric)
$function$
;

CREATE OR REPLACE FUNCTION usage.close_periods(at timestamp with time zone, plans jsonb, per_unit jsonb DEFAULT '{}'::jsonb, decimals jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(totals bigint, organizations bigint, events bigint, corrected bigint)
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
AS $function$
with due as (
  select t.organization_id, t.id,
         case when e.organization_id is not null then e.units
              else (coalesce(plans -> o.plan, plans -> '') ->> t.meter)::bigint + case when b.add_ons <> '[]' then usage.add_on_units(b.add_ons, per_unit, t.meter) else 0 end end as allowance
    from public.meter_totals t
    join public.organizations o on o.id = t.organization_id
    left join public.subscriptions b on b.organization_id = t.organization_id
    left join public.entitlement_overrides e on e.organization_id = t.organization_id and e.kind = 'limit' and e.key = t.meter
   where t.closed_at is null and t.period_end <= at
   order by t.organization_id, t.meter collate "C", t.period_start
     for update of t),
closed as (
  update public.meter_totals t set closed_at = at, allowance = due.allowance, announced = t.used - t.held, updated_at = at
    from due where t.organization_id = due.organization_id and t.id = due.id
    returning t.*),
closing_events as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_closed', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', usage.quantity(c.used - c.held, d.places), 'held', usage.quantity(c.held, d.places), 'fromGrants', usage.quantity(c.from_grants, d.places), 'limit', usage.quantity(c.allowance, d.places)) order by c.meter))
      from closed c cross join lateral (select (decimals ->> c.meter)::integer as places) d group by c.organization_id, c.period_start, c.period_end
    returning 1),
changed as (
  select t.organization_id, t.id, t.announced as before
    from public.meter_totals t
   where t.closed_at is not null and t.announced <> t.used - t.held
   order by t.organization_id, t.meter collate "C", t.period_start
     for update of t),
corrected as (
  update public.meter_totals t set announced = t.used - t.held, updated_at = at
    from changed where t.organization_id = changed.organization_id and t.id = changed.id
    returning t.*, changed.before),
correction_events as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_corrected', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', usage.quantity(c.used - c.held, d.places), 'usedBefore', usage.quantity(c.before, d.places), 'held', usage.quantity(c.held, d.places),
               'fromGrants', usage.quantity(c.from_grants, d.places), 'limit', usage.quantity(c.allowance, d.places)) order by c.meter))
      from corrected c cross join lateral (select (decimals ->> c.meter)::integer as places) d group by c.organization_id, c.period_start, c.period_end
    returning 1)
select (select count(*) from closed), (select count(distinct c.organization_id) from closed c), (select count(*) from closing_events),
       (select count(*) from corrected)
$function$
;

CREATE OR REPLACE FUNCTION usage.commit_reservation(organization uuid, reservation uuid, event jsonb, at timestamp with time zone, ends timestamp with time zone, plan_allowance bigint, burns boolean)
 RETURNS TABLE(done boolean, status text, committed bigint, id_taken boolean)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  own public.usage_reservations;
  units bigint := (event ->> 'quantity')::bigint;
  kept bigint;
begin
  perform usage.lock_meters(organization, array(select r.meter from public.usage_reservations r where r.organization_id = organization and r.id = reservation));
  select * into own from public.usage_reservations r where r.organization_id = organization and r.id = reservation for update;
  done := false;
  status := own.status;
  committed := own.committed;
  id_taken := units > 0 and exists (select from public.usage_events e where e.organization_id = organization and e.id = reservation::text);
  if own.id is null or own.status in ('committed', 'released') or id_taken then return next; return; end if;
  -- An overdue reservation holds nothing, even before the job has expired it.
  if own.status = 'open' and own.expires_at <= at then
    perform usage.expire_reservations(organization, own.meter, at);
    own.status := 'expired';
    status := 'expired';
  end if;
  -- The units that it holds; none after it expired.
  kept := case when own.status = 'open' then own.quantity else 0 end;
  if units > kept and not usage.take(organization, own.meter, units - kept, at, own.period_start, ends, plan_allowance, burns, true) then
    return next;
    return;
  end if;
  if units < kept then perform usage.give_back(organization, own.meter, own.period_start, kept - units, true, at); end if;
  update public.meter_totals t set held = t.held - units where t.organization_id = organization and t.meter = own.meter and t.period_start = own.period_start;
  if units > 0 then
    if not usage.write_event(organization, event || jsonb_build_object('id', own.id, 'meter', own.meter, 'periodStart', own.period_start, 'subject', own.subject), at) then
      raise exception 'the id % was used for another meter at the same time', own.id using errcode = 'serialization_failure';
    end if;
    perform usage.note_thresholds(organization, own.meter, own.period_start, plan_allowance, at, (event ->> 'decimals')::integer);
  end if;
  update public.usage_reservations r set status = 'committed', committed = units, closed_at = at where r.organization_id = organization and r.id = own.id;
  done := true;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.consume(organization uuid, event jsonb, at timestamp with time zone, ends timestamp with time zone, plan_allowance bigint, burns boolean)
 RETURNS TABLE(outcome text, used bigint, held bigint, from_grants bigint, granted bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  of_meter text := event ->> 'meter';
  units bigint := (event ->> 'quantity')::bigint;
  starts timestamptz := (event ->> 'periodStart')::timestamptz;
  known public.usage_events;
  result text := 'exceeded';
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then
    result := case when known.meter = of_meter and known.quantity = units and known.corrects is null then 'repeated' else 'reused' end;
  elsif usage.take(organization, of_meter, units, at, starts, ends, plan_allowance, burns, false) then
    if usage.write_event(organization, event, at) then
      result := 'taken';
      perform usage.note_thresholds(organization, of_meter, starts, plan_allowance, at, (event ->> 'decimals')::integer);
    else
      -- The id was used for another meter at the same time.
      perform usage.give_back(organization, of_meter, starts, units, false, at);
      result := 'reused';
    end if;
  end if;
  return query
    select result, coalesce(t.used, 0), coalesce(t.held, 0), coalesce(t.from_grants, 0), usage.granted(organization, of_meter, at)
      from (values (1)) one left join public.meter_totals t on t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.expire_overdue(organization uuid, of_meters text[], at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  overdue public.usage_reservations;
  expired integer := 0;
begin
  for overdue in
    select * from public.usage_reservations r
     where r.organization_id = organization and r.meter = any(of_meters) and r.status = 'open' and r.expires_at <= at
     order by r.meter, r.period_start, r.id for update skip locked
  loop
    update public.usage_reservations r set status = 'expired', closed_at = at where r.organization_id = organization and r.id = overdue.id;
    perform usage.give_back(organization, overdue.meter, overdue.period_start, overdue.quantity, true, at);
    expired := expired + 1;
  end loop;
  return expired;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.expire_reservations(organization uuid, of_meter text, at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  of_meters text[] := array[of_meter];
begin
  if of_meter is null then
    of_meters := array(select distinct r.meter from public.usage_reservations r where r.organization_id = organization and r.status = 'open' and r.expires_at <= at);
  end if;
  perform usage.lock_meters(organization, of_meters);
  return usage.expire_overdue(organization, of_meters, at);
end
$function$
;

CREATE OR REPLACE FUNCTION usage.note_thresholds(organization uuid, of_meter text, starts timestamp with time zone, plan_allowance bigint, at timestamp with time zone, decimals integer DEFAULT 0)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  used_now bigint;
  threshold_period timestamptz := case when starts = 'epoch' then date_trunc('month', at, 'UTC') else starts end;
  reached integer;
begin
  if plan_allowance is null or plan_allowance = 0 then return; end if;
  select t.used - t.held into used_now from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
  foreach reached in array array[80, 100] loop
    exit when used_now is null or used_now::numeric * 100 < plan_allowance::numeric * reached;
    continue when exists (select from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = threshold_period and h.percent = reached);
    insert into public.usage_thresholds (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
      values (organization, usage.new_id(at), of_meter, threshold_period, reached, used_now, plan_allowance, at)
      on conflict do nothing;
    continue when not found;
    insert into public.domain_events (organization_id, id, type, occurred_at, data)
      values (organization, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
        'meter', of_meter, 'periodStart', to_char(threshold_period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'percent', reached, 'used', usage.quantity(used_now, decimals), 'limit', usage.quantity(plan_allowance, decimals)));
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.note_tracked_thresholds(meters jsonb, plans jsonb, at timestamp with time zone, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS bigint
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
AS $function$
with reached as (
  insert into public.usage_thresholds as h (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
    select r.organization_id, usage.new_id(at), r.meter, date_trunc('month', at, 'UTC'), s.percent, r.used, r.allowance, at
      from usage.readings(null, meters, plans, at, per_unit) r cross join (values (80), (100)) s (percent)
     where r.allowance > 0 and r.used * 100 >= r.allowance * s.percent
     order by r.organization_id, r.meter, s.percent
    on conflict do nothing
    returning h.*),
events as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select h.organization_id, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
             'meter', h.meter, 'periodStart', usage.json_time(h.period_start), 'percent', h.percent, 'used', h.used, 'limit', h.allowance)
      from reached h
    returning 1)
select count(*) from reached
$function$
;

CREATE OR REPLACE FUNCTION usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamp with time zone, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(organization_id uuid, meter text, period_start timestamp with time zone, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
select o.id, m.key, p.starts,
       case when m.tracks = 'members' then coalesce(s.members, 0) when m.kind = 'concurrent' then coalesce(l.live, 0) else coalesce(t.used - t.held, 0) end,
       coalesce(t.held, 0) - coalesce(r.overdue, 0),
       case when e.organization_id is not null then e.units
            -- The limit of the meter that counts members is the number of seats.
            when m.tracks = 'members' and b.seats is not null and es.organization_id is null then b.seats
            else (coalesce(plans -> o.plan, plans -> '') ->> m.key)::bigint + case when b.add_ons <> '[]' then usage.add_on_units(b.add_ons, per_unit, m.key) else 0 end end,
       coalesce(t.from_grants, 0) - least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0)),
       coalesce(g.units, 0) + least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0), coalesce(g.burnt, 0))
  from public.organizations o
 cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
 -- `at` may be before the current anchor day applies: the clock of the caller is behind that of the replica that changed it.
  left join lateral (select u.anchor_day, u.starts_at from public.usage_anchors u
                      where o.usage_anchor_since > at and u.organization_id = o.id and (u.starts_at is null or u.starts_at <= at) order by u.ends_at desc limit 1) u on true
 cross join lateral (
   -- A new anchor day begins a period at once.
   select greatest(usage.period_begins(m.period, at, coalesce(u.anchor_day, o.usage_anchor_day, 1)),
                   case when m.period = 'month' then case when u.anchor_day is null then o.usage_anchor_since else u.starts_at end end) as starts) p
  left join public.subscriptions b on b.organization_id = o.id
  left join public.entitlement_overrides e on e.organization_id = o.id and e.kind = 'limit' and e.key = m.key
  left join public.entitlement_overrides es on m.tracks = 'members' and es.organization_id = o.id and es.kind = 'limit' and es.key = 'seats'
  left join public.meter_totals t on t.organization_id = o.id and t.meter = m.key and t.period_start = p.starts
  left join (select c.organization_id, count(*) as members from public.memberships c group by 1) s on m.tracks = 'members' and s.organization_id = o.id
  left join (select c.organization_id, c.meter, count(*) as live from public.usage_leases c where c.expires_at > at group by 1, 2) l
         on m.kind = 'concurrent' and l.organization_id = o.id and l.meter = m.key
  left join (select c.organization_id, c.meter, sum(c.amount - c.burnt)::bigint as units, sum(c.burnt)::bigint as burnt from public.usage_grants c
              where c.revoked_at is null and (c.expires_at is null or c.expires_at > at) group by 1, 2) g
         on g.organization_id = o.id and g.meter = m.key
  -- An overdue reservation holds nothing, even before somebody has expired it.
  left join (select c.organization_id, c.meter, c.period_start, sum(c.quantity)::bigint as overdue from public.usage_reservations c
              where c.status = 'open' and c.expires_at <= at group by 1, 2, 3) r
         on r.organization_id = o.id and r.meter = m.key and r.period_start = p.starts
 where o.deleted_at is null and (only_of is null or o.id = any(only_of))
$function$
;

CREATE OR REPLACE FUNCTION usage.record(organization uuid, ids text[], meters text[], quantities bigint[], occurred timestamp with time zone[], starts timestamp with time zone[], ends timestamp with time zone[], subjects text[], metadata jsonb[], reporter_user uuid, reporter_key uuid, rules jsonb, correcting text[], at timestamp with time zone)
 RETURNS TABLE(recorded integer, conflicting integer[])
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  total record;
  counted jsonb;
  beyond bigint;
  burnt bigint;
begin
  recorded := 0;
  conflicting := '{}';
  -- Corrections read the ledger, and need the lock exclusively.
  perform usage.lock_meters(organization, meters || correcting, cardinality(correcting) = 0);
  with accepted as (
    -- In one order, so that reports of the same ids do not deadlock.
    insert into public.usage_events as e (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, user_id, api_key_id, metadata)
      select organization, i.id, i.meter, i.quantity, i.occurred_at, at, i.period_start, i.subject, reporter_user, reporter_key, i.metadata
        from unnest(ids, meters, quantities, occurred, starts, subjects, metadata) with ordinality as i (id, meter, quantity, occurred_at, period_start, subject, metadata, place)
       order by i.id collate "C", i.place
      on conflict do nothing
      returning e.meter, e.quantity, e.occurred_at, e.period_start, e.subject),
  of_days as (
    select a.meter, a.period_start, (a.occurred_at at time zone 'UTC')::date as day, count(*) as events, sum(a.quantity) as total, max(a.quantity) as largest,
           case when rules -> a.meter ->> 'aggregation' = 'unique' then array_agg(distinct a.subject) end as subjects
      from accepted a group by 1, 2, 3)
  select jsonb_agg(to_jsonb(d)) into counted from of_days d;
  perform usage.lock_totals(organization, meters);
  for total in
    with rule as materialized (
      select r.key as meter, r.value ->> 'aggregation' as aggregation, (r.value ->> 'allowance')::bigint as allowance from jsonb_each(rules) r),
    period as materialized (
      select i.meter, i.period_start, max(i.period_end) as period_end from unnest(meters, starts, ends) as i (meter, period_start, period_end) group by 1, 2),
    of_days as materialized (
      select * from jsonb_to_recordset(counted) as d (meter text, period_start timestamptz, day date, events bigint, total numeric, largest bigint, subjects text[])),
    new_subjects as (
      insert into public.usage_subjects as s (organization_id, meter, period_start, subject)
        select distinct organization, d.meter, d.period_start, subject from of_days d cross join unnest(d.subjects) subject where subject is not null
        on conflict do nothing
        returning s.meter, s.period_start),
    sums as (
      select d.meter, d.period_start, r.aggregation, r.allowance, sum(d.events) as events,
             case r.aggregation
               when 'count' then sum(d.events)
               when 'max' then max(d.largest)
               when 'unique' then (select count(*) from new_subjects n where n.meter = d.meter and n.period_start = d.period_start)
               else sum(d.total) end::bigint as units
        from of_days d join rule r using (meter) group by d.meter, d.period_start, r.aggregation, r.allowance),
    days as (
      insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
        select organization, o.day, o.meter, usage.reporter(reporter_user, reporter_key),
               case r.aggregation when 'max' then max(o.largest) when 'sum' then sum(o.total) else sum(o.events) end, sum(o.events)
          from of_days o join rule r using (meter) group by o.day, o.meter, r.aggregation
        on conflict (organization_id, day, meter, reporter) do update
          set quantity = case rules -> d.meter ->> 'aggregation' when 'max' then greatest(d.quantity, excluded.quantity) else d.quantity + excluded.quantity end,
              events = d.events + excluded.events),
    totals as (
      insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, used, created_at, updated_at)
        select organization, usage.new_id(at), s.meter, s.period_start, p.period_end, s.units, at, at
          from sums s join period p using (meter, period_start) order by s.meter, s.period_start
        on conflict (organization_id, meter, period_start) do update
          set used = case rules -> t.meter ->> 'aggregation' when 'max' then greatest(t.used, excluded.used) else t.used + excluded.used end, updated_at = at
        returning t.id, t.meter, t.period_start, t.used, t.from_grants)
    select totals.*, sums.events, sums.allowance from totals join sums using (meter, period_start) order by totals.meter, totals.period_start
  loop
    recorded := recorded + total.events;
    continue when total.allowance is null;
    if total.used - total.from_grants > total.allowance then
      perform usage.expire_overdue(organization, array[total.meter], at);
      select greatest(0, t.used - t.from_grants - total.allowance) into beyond from public.meter_totals t where t.organization_id = organization and t.id = total.id;
      burnt := usage.burn(organization, total.meter, beyond, at);
      if burnt > 0 then update public.meter_totals t set from_grants = t.from_grants + burnt where t.organization_id = organization and t.id = total.id; end if;
    end if;
    perform usage.note_thresholds(organization, total.meter, total.period_start, total.allowance, at, (rules -> total.meter ->> 'decimals')::integer);
  end loop;
  if recorded < cardinality(ids) then
    select coalesce(array_agg(i.place::integer order by i.place), '{}') into conflicting
      from unnest(ids, meters, quantities, subjects) with ordinality as i (id, meter, quantity, subject, place)
      join public.usage_events e on e.organization_id = organization and e.id = i.id
     where e.meter <> i.meter or e.quantity <> i.quantity or e.corrects is not null
        or (rules -> i.meter ->> 'aggregation' = 'unique' and e.subject is distinct from i.subject);
  end if;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.release(organization uuid, event jsonb, at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  of_meter text := event ->> 'meter';
  units bigint := -(event ->> 'quantity')::bigint;
  used_now bigint;
  known public.usage_events;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then return case when known.meter = of_meter and known.quantity = -units and known.corrects is null then 'repeated' else 'reused' end; end if;
  select t.used - t.held into used_now from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = 'epoch' for update;
  if used_now is null or used_now < units then return 'too_much'; end if;
  if not usage.write_event(organization, event, at) then return 'reused'; end if;
  perform usage.give_back(organization, of_meter, 'epoch', units, false, at);
  return 'released';
end
$function$
;

CREATE OR REPLACE FUNCTION usage.reset_counter(organization uuid, of_meter text, starts timestamp with time zone, rules jsonb, at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  total public.meter_totals;
  units bigint;
  event jsonb;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  units := coalesce(total.used - total.held, 0);
  delete from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = starts;
  if units = 0 then return 0; end if;
  event := jsonb_build_object('id', 'reset:' || usage.new_id(at), 'meter', of_meter, 'quantity', -units, 'occurredAt', at, 'periodStart', starts,
    'metadata', jsonb_build_object('kind', 'correction', 'reason', rules ->> 'reason'));
  if rules ->> 'aggregation' in ('sum', 'count') and rules ->> 'tracks' is null then
    perform usage.write_event(organization, event, at);
  else
    -- A reset does not lower the maximum or the number of subjects of a day; requests have their own days.
    insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, metadata)
      values (organization, event ->> 'id', of_meter, -units, at, at, starts, event -> 'metadata');
  end if;
  delete from public.usage_subjects s where s.organization_id = organization and s.meter = of_meter and s.period_start = starts;
  perform usage.give_back(organization, of_meter, starts, units, false, at);
  perform audit.record_change(organization, 'meter_totals', total.id::text, jsonb_build_object('meter', of_meter, 'used', total.used), jsonb_build_object('meter', of_meter, 'used', total.held));
  return units;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.take_lot(organization uuid, of_meter text, wanted bigint, at timestamp with time zone, starts timestamp with time zone, ends timestamp with time zone, plan_allowance bigint)
 RETURNS TABLE(units bigint, used bigint, held bigint, from_grants bigint, granted bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  total public.meter_totals;
  plan_room bigint;
  room bigint;
  lot bigint;
  beyond bigint := 0;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, starts, ends, at, at)
    on conflict do nothing;
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  -- Negative when the limit was lowered below the usage: grants cover that first.
  plan_room := plan_allowance - (total.used - total.from_grants);
  -- Another transaction may be revoking a grant.
  if plan_room < wanted then perform 1 from public.usage_grants g where g.organization_id = organization and g.meter = of_meter order by g.id for update; end if;
  room := greatest(0, plan_room + usage.granted(organization, of_meter, at));
  lot := least(wanted, greatest(1, room / 20), room);
  if lot > 0 then
    beyond := greatest(0, lot - plan_room);
    if beyond > 0 then perform usage.burn(organization, of_meter, beyond, at); end if;
    update public.meter_totals t set used = t.used + lot, held = t.held + lot, from_grants = t.from_grants + beyond, updated_at = at
     where t.organization_id = organization and t.id = total.id returning * into total;
  end if;
  return query select lot, total.used, total.held, total.from_grants, usage.granted(organization, of_meter, at);
end
$function$
;

CREATE OR REPLACE FUNCTION usage.write_event(organization uuid, event jsonb, at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
    values (organization, event ->> 'id', event ->> 'meter', (event ->> 'quantity')::bigint, (event ->> 'occurredAt')::timestamptz, at, (event ->> 'periodStart')::timestamptz,
            event ->> 'subject', event ->> 'corrects', (event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid, nullif(event -> 'metadata', 'null'))
    on conflict do nothing;
  if not found then return false; end if;
  insert into public.usage_days (organization_id, day, meter, reporter, quantity, events)
    values (organization, ((event ->> 'occurredAt')::timestamptz at time zone 'UTC')::date, event ->> 'meter',
            usage.reporter((event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid), (event ->> 'quantity')::bigint, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = usage_days.quantity + excluded.quantity, events = usage_days.events + 1;
  return true;
end
$function$
;

CREATE TRIGGER record_in_organizations AFTER INSERT OR DELETE ON public.platform_admins FOR EACH ROW EXECUTE FUNCTION audit.record_in_organizations();
CREATE TRIGGER record_in_organizations AFTER UPDATE OF disabled_at ON public.users FOR EACH ROW WHEN (((old.disabled_at IS NULL) <> (new.disabled_at IS NULL))) EXECUTE FUNCTION audit.record_in_organizations();
CREATE TRIGGER subscription_changed AFTER INSERT OR UPDATE OF seats, add_ons ON public.subscriptions FOR EACH ROW EXECUTE FUNCTION app.subscription_changed();
comment on function app.operator_removed() is 'Trigger: ends the impersonations of an operator who was removed.';
comment on function app.operators_key() is 'Returns the key of the advisory lock that guards who is an operator: shared by the writes of operators, exclusive for a change of who is one.';
comment on function audit.conceal(uuid[]) is 'Hides the actor of this transaction from the organizations in which it has changed only rows of these users.';
comment on function usage.give_back(uuid, text, timestamp with time zone, bigint, boolean, timestamp with time zone) is 'Subtracts units from a total, from its grants first; `were_held`: whether the units were held instead of used.';
comment on function usage.json_time(timestamp with time zone) is 'Formats a time as the API does: ISO 8601 in UTC, with milliseconds.';
comment on function usage.month_begins(date, integer) is 'Returns the day on which the monthly period begins in a month, whose first day is `first_day`.';
comment on function usage.quantity(bigint, integer) is 'Converts a stored quantity to units of the meter: 1250 with 3 decimals is 1.25.';
comment on function usage.readings(uuid[], jsonb, jsonb, timestamp with time zone, jsonb) is 'Returns the usage and the limit of each meter in its current period, for some organizations (null: all that are not deleted).';
comment on function usage.take(uuid, text, bigint, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint, boolean, boolean) is 'Takes units, all or none: from the plan''s allowance (null is unlimited), then from grants; reports whether there were enough.';
comment on function usage.take_lot(uuid, text, bigint, timestamp with time zone, timestamp with time zone, timestamp with time zone, bigint) is 'Takes units for future requests of a replica, a lot, and holds them until usage.settle writes how many of them were used.';

grant execute on function audit.record_change(uuid, text, text, jsonb, jsonb) to tenantry_platform;
grant execute on function usage.add_on_units(jsonb, jsonb, text) to tenantry_platform;
grant execute on function usage.expire_overdue(uuid, text[], timestamp with time zone) to tenantry_app;
grant execute on function usage.expire_overdue(uuid, text[], timestamp with time zone) to tenantry_platform;
grant execute on function usage.write_event(uuid, jsonb, timestamp with time zone) to tenantry_app;
grant execute on function usage.write_event(uuid, jsonb, timestamp with time zone) to tenantry_platform;
comment on function app.subscription_changed() is 'Trigger: increments the access version of an organization when its bought seats or add-ons change.';
comment on function audit.record_change(uuid, text, text, jsonb, jsonb) is 'Records a change in the audit log of an organization when no trigger of a table does, in the transaction of the change.';
comment on function audit.record_in_organizations() is 'Trigger: records in each organization of a user that the user was disabled, enabled, or became or ceased to be an operator.';
comment on function audit.shortened(jsonb) is 'Returns a row as a JSON document in which "[too large]" stands for every value of more than 8 KB.';
comment on function usage.add_on_units(jsonb, jsonb, text) is 'Returns the units that add-ons add to the limit of a meter, at most the largest integer that JSON can hold exactly.';
comment on function usage.expire_overdue(uuid, text[], timestamp with time zone) is 'Expires the overdue reservations of meters that the caller has locked; returns how many.';
comment on function usage.write_event(uuid, jsonb, timestamp with time zone) is 'Writes one event to the ledger and to the day''s sum; returns false when its id is already in the ledger.';
