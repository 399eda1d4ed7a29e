drop function usage.note_tracked_thresholds(jsonb, jsonb, timestamp with time zone, jsonb);
drop function usage.period_begins(text, timestamp with time zone, integer);
drop function usage.month_begins(date, integer);
drop function usage.readings(uuid[], jsonb, jsonb, timestamp with time zone, jsonb);

CREATE OR REPLACE FUNCTION usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamp with time zone, periods jsonb, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(organization_id uuid, meter text, period_start timestamp with time zone, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
-- The tables of rows are joined with the wanted organizations, so that the usage of one is not worked out from the rows of all.
with wanted as materialized (
  select distinct unnest(coalesce(only_of, array(select a.id from public.organizations a where a.deleted_at is null))) as id)
select o.id, m.key, p.starts,
       case when m.tracks = 'members' then coalesce(s.members, 0) when m.kind = 'concurrent' then coalesce(l.live, 0) else coalesce(t.used - t.held, 0) end,
       coalesce(t.held, 0) - coalesce(r.overdue, 0),
       case when e.organization_id is not null then e.units
            -- The limit of the meter that counts members is the number of seats.
            when m.tracks = 'members' and b.seats is not null and es.organization_id is null then b.seats
            else (coalesce(plans -> o.plan, plans -> '') ->> m.key)::bigint + case when b.add_ons <> '[]' then usage.add_on_units(b.add_ons, per_unit, m.key) else 0 end end,
       coalesce(t.from_grants, 0) - least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0)),
       coalesce(g.units, 0) + least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0), coalesce(g.burnt, 0))
  from wanted w
  join public.organizations o on o.id = w.id and o.deleted_at is null
 cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
 -- `at` may be before the current anchor day applies: the clock of the caller is behind that of the replica that changed it.
  left join lateral (select u.anchor_day, u.starts_at from public.usage_anchors u
                      where o.usage_anchor_since > at and u.organization_id = o.id and (u.starts_at is null or u.starts_at <= at) order by u.ends_at desc limit 1) u on true
 cross join lateral (
   -- A new anchor day begins a period at once.
   select greatest(case m.period when 'day' then (periods ->> 'day')::timestamptz
                                 when 'month' then (periods -> 'months' ->> coalesce(u.anchor_day, o.usage_anchor_day, 1) - 1)::timestamptz
                                 else 'epoch' end,
                   case when m.period = 'month' then case when u.anchor_day is null then o.usage_anchor_since else u.starts_at end end) as starts) p
  left join public.subscriptions b on b.organization_id = o.id
  left join public.entitlement_overrides e on e.organization_id = o.id and e.kind = 'limit' and e.key = m.key
  left join public.entitlement_overrides es on m.tracks = 'members' and es.organization_id = o.id and es.kind = 'limit' and es.key = 'seats'
  left join public.meter_totals t on t.organization_id = o.id and t.meter = m.key and t.period_start = p.starts
  left join (select c.organization_id, count(*) as members from wanted w join public.memberships c on c.organization_id = w.id group by 1) s on m.tracks = 'members' and s.organization_id = o.id
  left join (select c.organization_id, c.meter, count(*) as live from wanted w join public.usage_leases c on c.organization_id = w.id where c.expires_at > at group by 1, 2) l
         on m.kind = 'concurrent' and l.organization_id = o.id and l.meter = m.key
  left join (select c.organization_id, c.meter, sum(c.amount - c.burnt)::bigint as units, sum(c.burnt)::bigint as burnt from wanted w
              join public.usage_grants c on c.organization_id = w.id
             where c.revoked_at is null and (c.expires_at is null or c.expires_at > at) group by 1, 2) g
         on g.organization_id = o.id and g.meter = m.key
  -- An overdue reservation holds nothing, even before somebody has expired it.
  left join (select c.organization_id, c.meter, c.period_start, sum(c.quantity)::bigint as overdue from wanted w
              join public.usage_reservations c on c.organization_id = w.id
             where c.status = 'open' and c.expires_at <= at group by 1, 2, 3) r
         on r.organization_id = o.id and r.meter = m.key and r.period_start = p.starts
$function$
;

CREATE OR REPLACE FUNCTION usage.note_tracked_thresholds(meters jsonb, plans jsonb, at timestamp with time zone, periods jsonb, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS bigint
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$
;

grant execute on function usage.note_tracked_thresholds(jsonb, jsonb, timestamp with time zone, jsonb, jsonb) to tenantry_platform;
grant execute on function usage.readings(uuid[], jsonb, jsonb, timestamp with time zone, jsonb, jsonb) to tenantry_platform;
comment on function usage.note_tracked_thresholds(jsonb, jsonb, timestamp with time zone, jsonb, jsonb) is 'Records the thresholds of meters that tenantry counts itself (members), of all organizations; returns how many.';
comment on function usage.readings(uuid[], jsonb, jsonb, timestamp with time zone, jsonb, jsonb) is 'Returns the usage and the limit of each meter in its current period, for some organizations (null: all that are not deleted).';
