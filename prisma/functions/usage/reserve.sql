-- Reserves units for long work; returns the reservation's id, or null when there is no room.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance, returns reserve
create function usage.reserve(organization uuid, reservation jsonb, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint, burns boolean) returns uuid
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  own_id uuid := usage.new_id(at);
  units bigint := (reservation ->> 'quantity')::bigint;
begin
  perform usage.lock_meters(organization, array[reservation ->> 'meter']);
  if not usage.take(organization, reservation ->> 'meter', units, at, starts, ends, plan_allowance, burns, true) then return null; end if;
  insert into public.usage_reservations (organization_id, id, meter, period_start, quantity, subject, user_id, api_key_id, expires_at, created_at)
    values (organization, own_id, reservation ->> 'meter', starts, units, reservation ->> 'subject', (reservation ->> 'userId')::uuid, (reservation ->> 'apiKeyId')::uuid,
            at + make_interval(secs => (reservation ->> 'ttlSeconds')::integer), at);
  return own_id;
end
$$;
