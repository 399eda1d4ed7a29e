-- Locks meters and expires their overdue reservations: of one meter, or of all when `of_meter` is null.
-- execute: tenantry_app, tenantry_platform
create function usage.expire_reservations(organization uuid, of_meter text, at timestamptz) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meters text[] := array[of_meter];
begin
  if of_meter is null then
    of_meters := array(select distinct r.meter from public.usage_reservations r where r.organization_id = organization and r.status = 'open' and r.expires_at <= at);
  end if;
  perform usage.lock_meters(organization, of_meters);
  return usage.expire_overdue(organization, of_meters, at);
end
$$;
