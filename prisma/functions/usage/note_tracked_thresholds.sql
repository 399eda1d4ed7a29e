-- Records the thresholds of meters that tenantry counts itself (members), of all organizations; returns how many.
-- execute: tenantry_platform
create function usage.note_tracked_thresholds(meters jsonb, plans jsonb, at timestamptz, periods jsonb, per_unit jsonb default '{}') returns bigint
  language sql volatile
  set search_path = pg_catalog
  as $$
with reached as (
  insert into public.usage_thresholds as h (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
    select r.organization_id, usage.new_id(at), r.meter, (periods -> 'months' ->> 0)::timestamptz, s.percent, r.used, r.allowance, at
      from usage.readings(null, meters, plans, at, periods, per_unit) r cross join (values (80), (100)) s (percent)
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
$$;
