-- Returns units to grants, in the reverse order of usage.burn; units of expired or revoked grants are lost.
-- execute: tenantry_app, tenantry_platform
create function usage.unburn(organization uuid, of_meter text, units bigint, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  left_over bigint := units;
  grant_row record;
begin
  for grant_row in
    select g.id, g.burnt from public.usage_grants g
     where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at) and g.burnt > 0
     order by g.expires_at desc nulls first, g.created_at desc, g.id desc for update
  loop
    exit when left_over = 0;
    update public.usage_grants g set burnt = g.burnt - least(grant_row.burnt, left_over) where g.organization_id = organization and g.id = grant_row.id;
    left_over := left_over - least(grant_row.burnt, left_over);
  end loop;
end
$$;
