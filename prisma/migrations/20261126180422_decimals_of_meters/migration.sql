drop function usage.close_periods(timestamp with time zone, jsonb, jsonb);
drop function usage.note_thresholds(uuid, text, timestamp with time zone, bigint, timestamp with time zone);

CREATE OR REPLACE FUNCTION usage.quantity(parts bigint, decimals integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (COALESCE(decimals, 0) = 0) THEN (parts)::numeric ELSE trim_scale(((parts)::numeric / ((10)::numeric ^ (decimals)::numeric))) END
;

CREATE OR REPLACE FUNCTION usage.close_periods(at timestamp with time zone, plans jsonb, per_unit jsonb DEFAULT '{}'::jsonb, decimals jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(totals bigint, organizations bigint, events bigint, corrected bigint)
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
AS $function$
with due as (
  select t.organization_id, t.id,
         case when e.organization_id is not null then e.units
              else (coalesce(plans -> o.plan, plans -> '') ->> t.meter)::bigint + case when b.add_ons <> '[]' then usage.added(b.add_ons, per_unit, t.meter) else 0 end end as allowance
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
told as (
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
told_again as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_corrected', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', usage.quantity(c.used - c.held, d.places), 'usedBefore', usage.quantity(c.before, d.places), 'held', usage.quantity(c.held, d.places),
               'fromGrants', usage.quantity(c.from_grants, d.places), 'limit', usage.quantity(c.allowance, d.places)) order by c.meter))
      from corrected c cross join lateral (select (decimals ->> c.meter)::integer as places) d group by c.organization_id, c.period_start, c.period_end
    returning 1)
select (select count(*) from closed), (select count(distinct c.organization_id) from closed c), (select count(*) from told),
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
    if not usage.note(organization, event || jsonb_build_object('id', own.id, 'meter', own.meter, 'periodStart', own.period_start, 'subject', own.subject), at) then
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
    if usage.note(organization, event, at) then
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

CREATE OR REPLACE FUNCTION usage.note_thresholds(organization uuid, of_meter text, starts timestamp with time zone, plan_allowance bigint, at timestamp with time zone, decimals integer DEFAULT 0)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  really_used bigint;
  alarm_period timestamptz := case when starts = 'epoch' then date_trunc('month', at, 'UTC') else starts end;
  reached integer;
begin
  if plan_allowance is null or plan_allowance = 0 then return; end if;
  select t.used - t.held into really_used from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
  foreach reached in array array[80, 100] loop
    exit when really_used is null or really_used::numeric * 100 < plan_allowance::numeric * reached;
    continue when exists (select from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = alarm_period and h.percent = reached);
    insert into public.usage_thresholds (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
      values (organization, usage.new_id(at), of_meter, alarm_period, reached, really_used, plan_allowance, at)
      on conflict do nothing;
    continue when not found;
    insert into public.domain_events (organization_id, id, type, occurred_at, data)
      values (organization, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
        'meter', of_meter, 'periodStart', to_char(alarm_period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'percent', reached, 'used', usage.quantity(really_used, decimals), 'limit', usage.quantity(plan_allowance, decimals)));
  end loop;
end
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
    select a.meter, a.period_start, (a.occurred_at at time zone 'UTC')::date as day, count(*) as events, sum(a.quantity) as total, max(a.quantity) as most,
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
      select * from jsonb_to_recordset(counted) as d (meter text, period_start timestamptz, day date, events bigint, total numeric, most bigint, subjects text[])),
    new_subjects as (
      insert into public.usage_subjects as s (organization_id, meter, period_start, subject)
        select distinct organization, d.meter, d.period_start, subject from of_days d cross join unnest(d.subjects) subject where subject is not null
        on conflict do nothing
        returning s.meter, s.period_start),
    sums as (
      select d.meter, d.period_start, r.aggregation, r.allowance, sum(d.events) as events,
             case r.aggregation
               when 'count' then sum(d.events)
               when 'max' then max(d.most)
               when 'unique' then (select count(*) from new_subjects n where n.meter = d.meter and n.period_start = d.period_start)
               else sum(d.total) end::bigint as units
        from of_days d join rule r using (meter) group by d.meter, d.period_start, r.aggregation, r.allowance),
    days as (
      insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
        select organization, o.day, o.meter, usage.reporter(reporter_user, reporter_key),
               case r.aggregation when 'max' then max(o.most) when 'sum' then sum(o.total) else sum(o.events) end, sum(o.events)
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
      perform usage.end_overdue(organization, array[total.meter], at);
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
grant execute on function usage.close_periods(timestamp with time zone, jsonb, jsonb, jsonb) to tenantry_platform;
grant execute on function usage.note_thresholds(uuid, text, timestamp with time zone, bigint, timestamp with time zone, integer) to tenantry_app;
grant execute on function usage.note_thresholds(uuid, text, timestamp with time zone, bigint, timestamp with time zone, integer) to tenantry_platform;
grant execute on function usage.quantity(bigint, integer) to tenantry_app;
grant execute on function usage.quantity(bigint, integer) to tenantry_platform;
comment on function usage.close_periods(timestamp with time zone, jsonb, jsonb, jsonb) is 'Closes the finished periods of counters of all organizations, and announces them and closed totals that have changed.';
comment on function usage.note_thresholds(uuid, text, timestamp with time zone, bigint, timestamp with time zone, integer) is 'Records that 80 or 100 % of an allowance are used, once in a period, and writes a domain event.';
comment on function usage.quantity(bigint, integer) is 'Returns the quantity that whole parts of a unit are, for a meter with decimals.';
