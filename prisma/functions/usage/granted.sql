-- Returns the units left in the valid grants of a meter.
-- execute: tenantry_app, tenantry_platform
create function usage.granted(organization uuid, of_meter text, at timestamptz) returns bigint
  language sql stable
  set search_path = pg_catalog
  as $$
select coalesce(sum(g.amount - g.burnt), 0)::bigint from public.usage_grants g
 where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at)
$$;
