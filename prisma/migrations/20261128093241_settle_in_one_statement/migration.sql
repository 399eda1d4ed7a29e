CREATE OR REPLACE FUNCTION usage.settle(batch uuid, of_meter text, at timestamp with time zone, organizations uuid[], starts timestamp with time zone[], ends timestamp with time zone[], allowances bigint[], of_lots boolean[], spent bigint[], unspent bigint[], day_organizations uuid[], days date[], reporters text[], quantities bigint[])
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  entry record;
begin
  insert into public.usage_settlements (id, settled_at) values (batch, at) on conflict do nothing;
  if not found then return false; end if;
  -- Locks the organizations, so that none is deleted while its rows are written.
  perform from public.organizations o where o.id = any(organizations) order by o.id for key share;
  perform from public.meter_totals t
     join (select distinct e.organization, e.starts from unnest(organizations, starts) as e (organization, starts)) e
       on t.organization_id = e.organization and t.meter = of_meter and t.period_start = e.starts
    order by t.organization_id, t.period_start for no key update of t;
  -- An organization whose limit was lifted has entries of both kinds, which one statement cannot write.
  insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, used, created_at, updated_at)
    select e.organization, usage.new_id(at), of_meter, e.starts, max(e.ends), sum(e.spent), at, at
      from unnest(organizations, starts, ends, of_lots, spent) as e (organization, starts, ends, of_lot, spent) join public.organizations o on o.id = e.organization
     where not e.of_lot group by e.organization, e.starts order by e.organization, e.starts
    on conflict (organization_id, meter, period_start) do update set used = t.used + excluded.used, updated_at = at;
  for entry in
    with entries as materialized (
      select e.organization, e.starts, (array_agg(e.allowance order by e.place desc))[1] as allowance, sum(e.spent)::bigint as spent, sum(e.unspent)::bigint as unspent
        from unnest(organizations, starts, allowances, of_lots, spent, unspent) with ordinality as e (organization, starts, allowance, of_lot, spent, unspent, place)
       where e.of_lot group by e.organization, e.starts),
    lots as (
      update public.meter_totals t set held = greatest(0, t.held - e.spent), updated_at = at
        from entries e where t.organization_id = e.organization and t.meter = of_meter and t.period_start = e.starts
      returning t.organization_id, t.period_start, e.allowance, e.spent, least(e.unspent, t.held) as unused, t.used - t.held as used_now)
    -- Below half of an allowance, no threshold is reached.
    select l.organization_id as organization, l.period_start as starts, l.allowance, l.unused, l.spent > 0 and l.used_now > l.allowance / 2 as notable
      from lots l where l.unused > 0 or l.spent > 0 and l.used_now > l.allowance / 2 order by 1, 2
  loop
    if entry.unused > 0 then perform usage.give_back(entry.organization, of_meter, entry.starts, entry.unused, true, at); end if;
    if entry.notable then perform usage.note_thresholds(entry.organization, of_meter, entry.starts, entry.allowance, at); end if;
  end loop;
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    select u.organization, u.day, of_meter, u.reporter, sum(u.quantity), sum(u.quantity)
      from unnest(day_organizations, days, reporters, quantities) as u (organization, day, reporter, quantity)
     where exists (select from public.organizations o where o.id = u.organization)
     group by u.organization, u.day, u.reporter order by u.organization, u.day, u.reporter
    on conflict (organization_id, day, meter, reporter) do update set quantity = d.quantity + excluded.quantity, events = d.events + excluded.events;
  return true;
end
$function$
;
