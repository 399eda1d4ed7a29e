-- Acquires one unit of a concurrent meter; returns the lease's id, or null when all are in use, and how many are.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: max_leases, returns id
--
-- `max_leases` is the limit, null for unlimited. The row of meter_totals is the lock of an organization and meter.
create function usage.acquire_lease(organization uuid, lease jsonb, max_leases bigint, at timestamptz) returns table (id uuid, live bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := lease ->> 'meter';
  own_id uuid := usage.new_id(at);
  live_now bigint;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, 'epoch', at, at)
    on conflict (organization_id, meter, period_start) do update set updated_at = at;
  delete from public.usage_leases l where l.organization_id = organization and l.meter = of_meter and l.expires_at <= at;
  select count(*) into live_now from public.usage_leases l where l.organization_id = organization and l.meter = of_meter;
  if live_now >= max_leases + usage.granted(organization, of_meter, at) then
    return query select null::uuid, live_now;
    return;
  end if;
  insert into public.usage_leases (organization_id, id, meter, subject, user_id, api_key_id, ttl_seconds, expires_at, created_at)
    values (organization, own_id, of_meter, lease ->> 'subject', (lease ->> 'userId')::uuid, (lease ->> 'apiKeyId')::uuid, (lease ->> 'ttlSeconds')::integer,
            at + make_interval(secs => (lease ->> 'ttlSeconds')::integer), at);
  -- The maximum in use at the same time on this day.
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    values (organization, (at at time zone 'UTC')::date, of_meter, '', live_now + 1, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = greatest(d.quantity, excluded.quantity), events = d.events + 1;
  return query select own_id, live_now + 1;
end
$$;
