-- Lowers a gauge by the units of an event; returns the outcome.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
--
-- Outcomes: `released`, `too_much` (the gauge is lower than that), `repeated` (lowered before), `reused` (the id belongs to
-- another event).
create function usage.release(organization uuid, event jsonb, at timestamptz) returns text
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := event ->> 'meter';
  units bigint := -(event ->> 'quantity')::bigint;
  used_now bigint;
  known public.usage_events;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then return case when known.meter = of_meter and known.quantity = -units and known.corrects is null then 'repeated' else 'reused' end; end if;
  select t.used - t.held into used_now from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = 'epoch' for update;
  if used_now is null or used_now < units then return 'too_much'; end if;
  if not usage.write_event(organization, event, at) then return 'reused'; end if;
  perform usage.give_back(organization, of_meter, 'epoch', units, false, at);
  return 'released';
end
$$;
