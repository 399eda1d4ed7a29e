-- Returns the usage and the limit of each meter in its current period, for some organizations (null: all that are not deleted).
-- execute: tenantry_platform
--
-- `meters`: key, kind, period and tracks of each. `plans`: for each plan its limits by meter (null is unlimited), and under
-- '' those of a plan that no longer exists. `periods`: when the day of `at` and the months of the anchor days 1 to 31 began.
-- `per_unit`: for each add-on, the units that one piece of it adds, by meter.
create function usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamptz, periods jsonb, per_unit jsonb default '{}')
  returns table (organization_id uuid, meter text, period_start timestamptz, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
  language sql stable
  set search_path = pg_catalog
  as $$
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
$$;
