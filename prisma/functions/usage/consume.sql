-- Takes the units of an event and writes the event; returns the outcome and the state of the meter.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance
--
-- Outcomes: `taken`, `repeated` (counted before), `reused` (its id belongs to another event), `exceeded` (nothing taken).
create function usage.consume(organization uuid, event jsonb, at timestamptz, ends timestamptz, plan_allowance bigint, burns boolean)
  returns table (outcome text, used bigint, held bigint, from_grants bigint, granted bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := event ->> 'meter';
  units bigint := (event ->> 'quantity')::bigint;
  starts timestamptz := (event ->> 'periodStart')::timestamptz;
  known public.usage_events;
  result text := 'exceeded';
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then
    result := case when known.meter = of_meter and known.quantity = units and known.corrects is null then 'repeated' else 'reused' end;
  elsif usage.take(organization, of_meter, units, at, starts, ends, plan_allowance, burns, false) then
    if usage.write_event(organization, event, at) then
      result := 'taken';
      perform usage.note_thresholds(organization, of_meter, starts, plan_allowance, at, (event ->> 'decimals')::integer);
    else
      -- The id was used for another meter at the same time.
      perform usage.give_back(organization, of_meter, starts, units, false, at);
      result := 'reused';
    end if;
  end if;
  return query
    select result, coalesce(t.used, 0), coalesce(t.held, 0), coalesce(t.from_grants, 0), usage.granted(organization, of_meter, at)
      from (values (1)) one left join public.meter_totals t on t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
end
$$;
