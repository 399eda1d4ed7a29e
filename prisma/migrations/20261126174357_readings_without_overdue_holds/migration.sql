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
            else (coalesce(plans -> o.plan, plans -> '') ->> m.key)::bigint + case when b.add_ons <> '[]' then usage.added(b.add_ons, per_unit, m.key) else 0 end end,
       coalesce(t.from_grants, 0) - least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0)),
       coalesce(g.units, 0) + least(coalesce(r.overdue, 0), coalesce(t.from_grants, 0), coalesce(g.burnt, 0))
  from public.organizations o
 cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
 cross join lateral (
   -- A new anchor day begins a period at once.
   select greatest(usage.period_begins(m.period, at, coalesce(o.usage_anchor_day, 1)), case when m.period = 'month' then o.usage_anchor_since end) as starts) p
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

CREATE OR REPLACE FUNCTION usage.unburnable(organization uuid, of_meter text, units bigint, at timestamp with time zone)
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
select least(units, coalesce(sum(g.burnt), 0))::bigint from public.usage_grants g
 where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at)
$function$
;

grant execute on function usage.unburnable(uuid, text, bigint, timestamp with time zone) to tenantry_app;
grant execute on function usage.unburnable(uuid, text, bigint, timestamp with time zone) to tenantry_platform;
comment on function usage.unburnable(uuid, text, bigint, timestamp with time zone) is 'Returns how many units usage.unburn would return to the valid grants of a meter.';
