comment on function usage.commit_reservation(uuid, uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint, boolean) is null;
drop function usage.commit_reservation(uuid, uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint, boolean);
drop function usage.correct(uuid, jsonb, text, timestamp with time zone, timestamp with time zone);
drop function usage.record(uuid, text[], text[], bigint[], timestamp with time zone[], timestamp with time zone[], timestamp with time zone[], text[], jsonb[], uuid, uuid, jsonb, jsonb, timestamp with time zone, timestamp with time zone);

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
    perform usage.note_thresholds(organization, own.meter, own.period_start, plan_allowance, at);
  end if;
  update public.usage_reservations r set status = 'committed', committed = units, closed_at = at where r.organization_id = organization and r.id = own.id;
  done := true;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.read_corrections(organization uuid, corrections jsonb)
 RETURNS TABLE(known_corrects text, known_quantity bigint, meter text, corrects text, quantity bigint, occurred_at timestamp with time zone, period_start timestamp with time zone, corrected bigint, is_reset boolean, counted bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  perform usage.lock_meters(organization, array(select c ->> 'meter' from jsonb_array_elements(corrections) c));
  return query
    select known.corrects, known.quantity, original.meter, original.corrects, original.quantity, original.occurred_at, original.period_start,
           (select coalesce(-sum(e.quantity), 0)::bigint from public.usage_events e where e.organization_id = organization and e.corrects = original.id),
           exists (
             select from public.usage_events r
              where r.organization_id = organization and r.meter = original.meter and r.period_start = original.period_start and r.received_at >= original.received_at
                and r.user_id is null and r.api_key_id is null and r.corrects is null and r.id like 'reset:%'),
           (select t.used - t.held from public.meter_totals t
             where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start)
      from jsonb_array_elements(corrections) with ordinality as c (event, place)
      left join lateral (select * from public.usage_events e where e.organization_id = organization and e.id = c.event ->> 'id' limit 1) known on true
      left join lateral (select * from public.usage_events e where e.organization_id = organization and e.id = c.event ->> 'corrects' limit 1) original on true
     order by c.place;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.record(organization uuid, ids text[], meters text[], quantities bigint[], occurred timestamp with time zone[], starts timestamp with time zone[], ends timestamp with time zone[], subjects text[], metadata jsonb[], reporter_user uuid, reporter_key uuid, rules jsonb, correcting text[], at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  total record;
  counted jsonb;
  new_events integer := 0;
  beyond bigint;
  burnt bigint;
begin
  -- Corrections read the ledger, and need the lock exclusively.
  perform usage.lock_meters(organization, meters || correcting, cardinality(correcting) = 0);
  with accepted as (
    -- In one order, so that reports of the same ids do not deadlock.
    insert into public.usage_events as e (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, user_id, api_key_id, metadata)
      select organization, i.id, i.meter, i.quantity, i.occurred_at, at, i.period_start, i.subject, reporter_user, reporter_key, i.metadata
        from unnest(ids, meters, quantities, occurred, starts, subjects, metadata) as i (id, meter, quantity, occurred_at, period_start, subject, metadata)
       order by i.id collate "C"
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
    new_events := new_events + total.events;
    continue when total.allowance is null;
    if total.used - total.from_grants > total.allowance then
      perform usage.end_overdue(organization, array[total.meter], at);
      select greatest(0, t.used - t.from_grants - total.allowance) into beyond from public.meter_totals t where t.organization_id = organization and t.id = total.id;
      burnt := usage.burn(organization, total.meter, beyond, at);
      if burnt > 0 then update public.meter_totals t set from_grants = t.from_grants + burnt where t.organization_id = organization and t.id = total.id; end if;
    end if;
    perform usage.note_thresholds(organization, total.meter, total.period_start, total.allowance, at);
  end loop;
  return new_events;
end
$function$
;

CREATE OR REPLACE FUNCTION usage.write_corrections(organization uuid, corrections jsonb, at timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  correction jsonb;
  aggregation text;
  original public.usage_events;
  units bigint;
  counted bigint;
begin
  -- In one order, so that transactions with the same ids do not deadlock.
  for correction in select c from jsonb_array_elements(corrections) c order by (c ->> 'id') collate "C" loop
    aggregation := correction ->> 'aggregation';
    units := -(correction ->> 'quantity')::bigint;
    select * into strict original from public.usage_events e where e.organization_id = organization and e.id = correction ->> 'corrects';
    insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
      values (organization, correction ->> 'id', original.meter, -units, original.occurred_at, at, original.period_start, original.subject, original.id,
              (correction ->> 'userId')::uuid, (correction ->> 'apiKeyId')::uuid, nullif(correction -> 'metadata', 'null'))
      on conflict do nothing;
    if not found then return correction ->> 'id'; end if;
    if aggregation = 'max' then
      select t.used - t.held into counted from public.meter_totals t
       where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start;
      perform usage.give_back(organization, original.meter, original.period_start, greatest(0, counted - (
        select coalesce(max(e.quantity), 0) from public.usage_events e
         where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.quantity > 0
           and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))), false, at);
    elsif aggregation = 'unique' then
      if original.subject is not null and not exists (
        select from public.usage_events e
         where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.subject = original.subject and e.corrects is null
           and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))
      then
        delete from public.usage_subjects s
         where s.organization_id = organization and s.meter = original.meter and s.period_start = original.period_start and s.subject = original.subject;
        if found then perform usage.give_back(organization, original.meter, original.period_start, 1, false, at); end if;
      end if;
    else
      perform usage.give_back(organization, original.meter, original.period_start, case aggregation when 'count' then 1 else units end, false, at);
    end if;
    update public.usage_days d
       set quantity = case aggregation when 'sum' then d.quantity - units when 'max' then usage.day_maximum(d) else d.quantity - 1 end
     where d.organization_id = organization and d.day = (original.occurred_at at time zone 'UTC')::date and d.meter = original.meter
       and d.reporter = usage.reporter(original.user_id, original.api_key_id);
  end loop;
  return null;
end
$function$
;

comment on function usage.commit_reservation(uuid, uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint, boolean) is 'Commits a reservation, if possible: counts the units used and returns the rest; returns what it found.';

grant execute on function usage.commit_reservation(uuid, uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint, boolean) to tenantry_app;
grant execute on function usage.commit_reservation(uuid, uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint, boolean) to tenantry_platform;
grant execute on function usage.read_corrections(uuid, jsonb) to tenantry_app;
grant execute on function usage.read_corrections(uuid, jsonb) to tenantry_platform;
grant execute on function usage.record(uuid, text[], text[], bigint[], timestamp with time zone[], timestamp with time zone[], timestamp with time zone[], text[], jsonb[], uuid, uuid, jsonb, text[], timestamp with time zone) to tenantry_app;
grant execute on function usage.record(uuid, text[], text[], bigint[], timestamp with time zone[], timestamp with time zone[], timestamp with time zone[], text[], jsonb[], uuid, uuid, jsonb, text[], timestamp with time zone) to tenantry_platform;
grant execute on function usage.write_corrections(uuid, jsonb, timestamp with time zone) to tenantry_app;
grant execute on function usage.write_corrections(uuid, jsonb, timestamp with time zone) to tenantry_platform;
comment on function usage.read_corrections(uuid, jsonb) is 'Locks the meters of corrections and reads the facts that decide whether each of them can be applied.';
comment on function usage.record(uuid, text[], text[], bigint[], timestamp with time zone[], timestamp with time zone[], timestamp with time zone[], text[], jsonb[], uuid, uuid, jsonb, text[], timestamp with time zone) is 'Counts a batch of events, each once by its id, regardless of limits; returns how many were new.';
comment on function usage.write_corrections(uuid, jsonb, timestamp with time zone) is 'Writes corrections of events and returns their units; returns the id of a correction that is in use, or null.';
