-- Returns the units of an open reservation; reports whether it was open.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
create function usage.release_reservation(organization uuid, reservation uuid, at timestamptz) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  own public.usage_reservations;
begin
  perform usage.lock_meters(organization, array(select r.meter from public.usage_reservations r where r.organization_id = organization and r.id = reservation));
  update public.usage_reservations r set status = 'released', closed_at = at where r.organization_id = organization and r.id = reservation and r.status = 'open' returning * into own;
  if not found then return false; end if;
  perform usage.give_back(organization, own.meter, own.period_start, own.quantity, true, at);
  return true;
end
$$;
