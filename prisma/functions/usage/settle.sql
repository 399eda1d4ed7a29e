-- Writes the requests of all organizations that a replica counted in memory, once for each batch id.
-- execute: tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, allowances
--
-- Rows are sorted, so that replicas wait for each other in one order. Organizations that were deleted meanwhile are
-- skipped. Of a lot, used units are no longer held, and unused units are
-- returned. Requests without a limit are added to the total.
-- Returns false when the batch was written before.
create function usage.settle(batch uuid, of_meter text, at timestamptz,
                             organizations uuid[], starts timestamptz[], ends timestamptz[], allowances bigint[], of_lots boolean[], spent bigint[], unspent bigint[],
                             day_organizations uuid[], days date[], reporters text[], quantities bigint[]) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  entry record;
  used_now bigint;
  still_held bigint;
begin
  insert into public.usage_settlements (id, settled_at) values (batch, at) on conflict do nothing;
  if not found then return false; end if;
  -- Locks the organizations, so that none is deleted while its rows are written.
  perform from public.organizations o where o.id = any(organizations) order by o.id for key share;
  for entry in
    select e.* from unnest(organizations, starts, ends, allowances, of_lots, spent, unspent) as e (organization, starts, ends, allowance, of_lot, spent, unspent)
     where exists (select from public.organizations o where o.id = e.organization) order by e.organization, e.starts
  loop
    if entry.of_lot then
      update public.meter_totals t set held = greatest(0, t.held - entry.spent), updated_at = at
       where t.organization_id = entry.organization and t.meter = of_meter and t.period_start = entry.starts returning t.used - t.held, t.held into used_now, still_held;
      if least(entry.unspent, still_held) > 0 then perform usage.give_back(entry.organization, of_meter, entry.starts, least(entry.unspent, still_held), true, at); end if;
    else
      insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, used, created_at, updated_at)
        values (entry.organization, usage.new_id(at), of_meter, entry.starts, entry.ends, entry.spent, at, at)
        on conflict (organization_id, meter, period_start) do update set used = t.used + excluded.used, updated_at = at
        returning t.used - t.held into used_now;
    end if;
    -- Below half of an allowance, no threshold is reached.
    if entry.spent > 0 and used_now > entry.allowance / 2 then perform usage.note_thresholds(entry.organization, of_meter, entry.starts, entry.allowance, at); end if;
  end loop;
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    select u.organization, u.day, of_meter, u.reporter, sum(u.quantity), sum(u.quantity)
      from unnest(day_organizations, days, reporters, quantities) as u (organization, day, reporter, quantity)
     where exists (select from public.organizations o where o.id = u.organization)
     group by u.organization, u.day, u.reporter order by u.organization, u.day, u.reporter
    on conflict (organization_id, day, meter, reporter) do update set quantity = d.quantity + excluded.quantity, events = d.events + excluded.events;
  return true;
end
$$;
