-- Counts a batch of events, each once by its id, regardless of limits; returns how many were new, and which ids were taken.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, subjects, metadata, reporter_user, reporter_key
--
-- `rules`: for each meter its aggregation and the plan's allowance. `correcting`: the meters whose events the same
-- transaction corrects afterwards. `conflicting`: the places, from 1, of events whose id the ledger has with another meter,
-- quantity or (for `unique` meters) subject. They are not counted.
create function usage.record(organization uuid, ids text[], meters text[], quantities bigint[], occurred timestamptz[], starts timestamptz[], ends timestamptz[],
                             subjects text[], metadata jsonb[], reporter_user uuid, reporter_key uuid, rules jsonb, correcting text[], at timestamptz)
  returns table (recorded integer, conflicting integer[])
  language plpgsql
  set search_path = pg_catalog
  as $$
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
$$;
