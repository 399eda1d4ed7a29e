-- Takes units, all or none: from the plan's allowance (null is unlimited), then from grants; reports whether there were enough.
-- execute: tenantry_app, tenantry_platform
--
-- Counters use grants up (`burns`); other meters have a higher limit while a grant is valid.
create function usage.take(organization uuid, of_meter text, units bigint, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint, burns boolean, hold boolean)
  returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  beyond bigint;
begin
  -- In most calls there is room: one statement, which waits for other transactions that take from the same row.
  update public.meter_totals t
     set used = t.used + units, held = t.held + case when hold then units else 0 end, updated_at = at
   where t.organization_id = organization and t.meter = of_meter and t.period_start = starts
     and (plan_allowance is null or t.used - t.from_grants + units <= plan_allowance);
  if found then return true; end if;

  perform usage.expire_reservations(organization, of_meter, at);
  insert into public.meter_totals (organization_id, id, meter, period_start, period_end, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, starts, ends, at, at)
    on conflict do nothing;
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  -- Grants also cover units that were reported beyond the allowance earlier; otherwise more than the limit could be taken.
  beyond := case when plan_allowance is null then 0 else greatest(0, total.used - total.from_grants + units - plan_allowance) end;
  if beyond > 0 then
    -- Another transaction may be revoking a grant.
    perform 1 from public.usage_grants g where g.organization_id = organization and g.meter = of_meter order by g.id for update;
    if usage.granted(organization, of_meter, at) < beyond then return false; end if;
    if burns then perform usage.burn(organization, of_meter, beyond, at); end if;
  end if;
  update public.meter_totals t
     set used = t.used + units, held = t.held + case when hold then units else 0 end,
         from_grants = t.from_grants + case when burns then beyond else 0 end, updated_at = at
   where t.organization_id = organization and t.id = total.id;
  return true;
end
$$;
