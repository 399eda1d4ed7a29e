CREATE OR REPLACE FUNCTION usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamp with time zone, periods jsonb, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(organization_id uuid, meter text, period_start timestamp with time zone, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog'
 SET jit TO 'off'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
begin
  return query
  with beginnings as materialized (
    select (periods ->> 'day')::timestamptz as of_day, array(select b.starts::timestamptz from jsonb_array_elements_text(periods -> 'months') with ordinality b (starts, n) order by b.n) as of_months)
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
   -- `at` may be before the current anchor day applies: the clock of the caller is behind that of the replica that changed it.
    left join (select distinct on (c.organization_id) c.organization_id, c.anchor_day, c.starts_at from public.usage_anchors c
                where (only_of is null or c.organization_id = any (only_of)) and (c.starts_at is null or c.starts_at <= at) order by c.organization_id, c.ends_at desc) u
           on o.usage_anchor_since > at and u.organization_id = o.id
    left join public.subscriptions b on b.organization_id = o.id
    left join public.entitlement_overrides es on es.organization_id = o.id and es.kind = 'limit' and es.key = 'seats'
    left join (select c.organization_id, count(*) as members from public.memberships c
                where (only_of is null or c.organization_id = any (only_of)) and meters @> '[{"tracks": "members"}]' group by 1) s
           on s.organization_id = o.id
   cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
   cross join lateral (
     select case m.period when 'day' then (select n.of_day from beginnings n)
                          -- A new anchor day begins a period at once.
                          when 'month' then greatest((select n.of_months from beginnings n)[coalesce(u.anchor_day, o.usage_anchor_day, 1)], case when u.anchor_day is null then o.usage_anchor_since else u.starts_at end)
                          else 'epoch' end as starts) p
    left join public.entitlement_overrides e on e.organization_id = o.id and e.kind = 'limit' and e.key = m.key
    -- No current period began 32 days ago or earlier; past ones need not be hashed.
    left join public.meter_totals t on t.organization_id = o.id and t.meter = m.key and t.period_start = p.starts and (t.period_start = 'epoch' or t.period_start > at - interval '32 days')
    left join (select c.organization_id, c.meter, count(*) as live from public.usage_leases c
                where (only_of is null or c.organization_id = any (only_of)) and c.expires_at > at group by 1, 2) l
           on l.organization_id = o.id and l.meter = m.key
    left join (select c.organization_id, c.meter, sum(c.amount - c.burnt)::bigint as units, sum(c.burnt)::bigint as burnt from public.usage_grants c
                where (only_of is null or c.organization_id = any (only_of)) and c.revoked_at is null and (c.expires_at is null or c.expires_at > at) group by 1, 2) g
           on g.organization_id = o.id and g.meter = m.key
    -- An overdue reservation holds nothing, even before somebody has expired it.
    left join (select c.organization_id, c.meter, c.period_start, sum(c.quantity)::bigint as overdue from public.usage_reservations c
                where (only_of is null or c.organization_id = any (only_of)) and c.status = 'open' and c.expires_at <= at group by 1, 2, 3) r
           on r.organization_id = o.id and r.meter = m.key and r.period_start = p.starts
   where o.deleted_at is null and (only_of is null or o.id = any (only_of));
end
$function$
;
