-- Writes one event to the ledger and to the day's sum; returns false when its id is already in the ledger.
-- execute: tenantry_app, tenantry_platform
create function usage.write_event(organization uuid, event jsonb, at timestamptz) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
    values (organization, event ->> 'id', event ->> 'meter', (event ->> 'quantity')::bigint, (event ->> 'occurredAt')::timestamptz, at, (event ->> 'periodStart')::timestamptz,
            event ->> 'subject', event ->> 'corrects', (event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid, nullif(event -> 'metadata', 'null'))
    on conflict do nothing;
  if not found then return false; end if;
  insert into public.usage_days (organization_id, day, meter, reporter, quantity, events)
    values (organization, ((event ->> 'occurredAt')::timestamptz at time zone 'UTC')::date, event ->> 'meter',
            usage.reporter((event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid), (event ->> 'quantity')::bigint, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = usage_days.quantity + excluded.quantity, events = usage_days.events + 1;
  return true;
end
$$;
