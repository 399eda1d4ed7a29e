-- Subtracts units from a total, from its grants first; `were_held`: whether the units were held instead of used.
-- execute: tenantry_app, tenantry_platform
create function usage.give_back(organization uuid, of_meter text, starts timestamptz, units bigint, were_held boolean, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  of_grants bigint;
begin
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  if not found then return; end if;
  of_grants := least(units, total.from_grants);
  if of_grants > 0 then perform usage.unburn(organization, of_meter, of_grants, at); end if;
  update public.meter_totals t
     set used = t.used - units, held = t.held - case when were_held then units else 0 end, from_grants = t.from_grants - of_grants, updated_at = at
   where t.organization_id = organization and t.id = total.id;
end
$$;
