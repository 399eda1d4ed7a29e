-- Locks the meters of corrections and reads the facts that decide whether each of them can be applied.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: returns known_corrects, returns known_quantity, returns meter, returns corrects, returns quantity, returns occurred_at, returns period_start, returns counted
--
-- Returns one row for each correction, in their order. `known_…`: the event that has the id of the correction. `meter` to
-- `period_start`: the event that it corrects. `corrected`: the units of that event that were corrected before. `is_reset`:
-- a reset has taken the event's units back. `counted`: the units of its meter and period, without held ones.
create function usage.read_corrections(organization uuid, corrections jsonb)
  returns table (known_corrects text, known_quantity bigint, meter text, corrects text, quantity bigint, occurred_at timestamptz, period_start timestamptz, corrected bigint, is_reset boolean, counted bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform usage.lock_meters(organization, array(select c ->> 'meter' from jsonb_array_elements(corrections) c));
  return query
    select known.corrects, known.quantity, original.meter, original.corrects, original.quantity, original.occurred_at, original.period_start,
           (select coalesce(-sum(e.quantity), 0)::bigint from public.usage_events e where e.organization_id = organization and e.corrects = original.id),
           exists (
             select from public.usage_events r
              where r.organization_id = organization and r.meter = original.meter and r.period_start = original.period_start and r.received_at >= original.received_at
                and r.user_id is null and r.api_key_id is null and r.corrects is null and r.id like 'reset:%'),
           (select t.used - t.held from public.meter_totals t
             where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start)
      from jsonb_array_elements(corrections) with ordinality as c (event, place)
      left join lateral (select * from public.usage_events e where e.organization_id = organization and e.id = c.event ->> 'id' limit 1) known on true
      left join lateral (select * from public.usage_events e where e.organization_id = organization and e.id = c.event ->> 'corrects' limit 1) original on true
     order by c.place;
end
$$;
