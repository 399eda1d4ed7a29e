-- Returns how many units usage.unburn would return to the valid grants of a meter.
-- execute: tenantry_app, tenantry_platform
create function usage.unburnable(organization uuid, of_meter text, units bigint, at timestamptz) returns bigint
  language sql stable
  set search_path = pg_catalog
  as $$
select least(units, coalesce(sum(g.burnt), 0))::bigint from public.usage_grants g
 where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at)
$$;
