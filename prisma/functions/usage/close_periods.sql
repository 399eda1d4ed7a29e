-- Closes the finished periods of counters of all organizations, and announces them and closed totals that have changed.
-- execute: tenantry_platform
--
-- The allowance is written next to the usage. A closed total changes with a late event, a correction or a reservation of its
-- period: the domain event `usage.period_corrected` has the total and the one that was announced before. Locks totals in
-- the order of usage.record. `decimals`: those of each meter that has some.
create function usage.close_periods(at timestamptz, plans jsonb, per_unit jsonb default '{}', decimals jsonb default '{}') returns table (totals bigint, organizations bigint, events bigint, corrected bigint)
  language sql volatile
  set search_path = pg_catalog
  as $$
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
$$;
