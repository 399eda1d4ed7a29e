-- Takes units for future requests of a replica, a lot, and holds them until usage.settle writes how many of them were used.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance
--
-- Takes the `wanted` units, but at most a twentieth of the units that remain, so that other replicas find units, too. Returns
-- the units taken and the state of the meter.
create function usage.take_lot(organization uuid, of_meter text, wanted bigint, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint)
  returns table (units bigint, used bigint, held bigint, from_grants bigint, granted bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  plan_room bigint;
  room bigint;
  lot bigint;
  beyond bigint := 0;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, starts, ends, at, at)
    on conflict do nothing;
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  -- Negative when the limit was lowered below the usage: grants cover that first.
  plan_room := plan_allowance - (total.used - total.from_grants);
  -- Another transaction may be revoking a grant.
  if plan_room < wanted then perform 1 from public.usage_grants g where g.organization_id = organization and g.meter = of_meter order by g.id for update; end if;
  room := greatest(0, plan_room + usage.granted(organization, of_meter, at));
  lot := least(wanted, greatest(1, room / 20), room);
  if lot > 0 then
    beyond := greatest(0, lot - plan_room);
    if beyond > 0 then perform usage.burn(organization, of_meter, beyond, at); end if;
    update public.meter_totals t set used = t.used + lot, held = t.held + lot, from_grants = t.from_grants + beyond, updated_at = at
     where t.organization_id = organization and t.id = total.id returning * into total;
  end if;
  return query select lot, total.used, total.held, total.from_grants, usage.granted(organization, of_meter, at);
end
$$;
