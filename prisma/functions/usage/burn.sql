-- Uses up grants of a meter, soonest-expiring first, by at most `units`; returns the units used.
-- execute: tenantry_app, tenantry_platform
create function usage.burn(organization uuid, of_meter text, units bigint, at timestamptz) returns bigint
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  left_over bigint := units;
  grant_row record;
begin
  for grant_row in
    select g.id, g.amount - g.burnt as rest from public.usage_grants g
     where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at) and g.burnt < g.amount
     order by g.expires_at nulls last, g.created_at, g.id for update
  loop
    exit when left_over = 0;
    update public.usage_grants g set burnt = g.burnt + least(grant_row.rest, left_over) where g.organization_id = organization and g.id = grant_row.id;
    left_over := left_over - least(grant_row.rest, left_over);
  end loop;
  return units - left_over;
end
$$;
