-- Expires the overdue reservations of meters that the caller has locked; returns how many.
-- execute: tenantry_app, tenantry_platform
--
-- Skips reservations that another transaction is closing.
create function usage.expire_overdue(organization uuid, of_meters text[], at timestamptz) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  overdue public.usage_reservations;
  expired integer := 0;
begin
  for overdue in
    select * from public.usage_reservations r
     where r.organization_id = organization and r.meter = any(of_meters) and r.status = 'open' and r.expires_at <= at
     order by r.meter, r.period_start, r.id for update skip locked
  loop
    update public.usage_reservations r set status = 'expired', closed_at = at where r.organization_id = organization and r.id = overdue.id;
    perform usage.give_back(organization, overdue.meter, overdue.period_start, overdue.quantity, true, at);
    expired := expired + 1;
  end loop;
  return expired;
end
$$;
