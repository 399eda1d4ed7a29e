-- Corrects an event by a counter-event; returns the outcome.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
--
-- Outcomes: `corrected`, `repeated`, `reused`, `unknown` (no such event), `too_late`, `too_much` (more than remains of it),
-- `whole_only` (meters that do not add up can only lose an entire event).
create function usage.correct(organization uuid, event jsonb, aggregation text, at timestamptz, oldest timestamptz) returns text
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  original public.usage_events;
  known public.usage_events;
  units bigint := -(event ->> 'quantity')::bigint;
  corrected bigint;
  counted bigint;
begin
  perform usage.lock_meters(organization, array[event ->> 'meter']);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then return case when known.corrects = event ->> 'corrects' and known.quantity = -units then 'repeated' else 'reused' end; end if;
  select * into original from public.usage_events e where e.organization_id = organization and e.id = event ->> 'corrects';
  if not found or original.corrects is not null or original.meter <> event ->> 'meter' then return 'unknown'; end if;
  if original.occurred_at < oldest then return 'too_late'; end if;
  -- A reset has already taken the units back.
  if exists (
    select from public.usage_events r
     where r.organization_id = organization and r.meter = original.meter and r.period_start = original.period_start and r.received_at >= original.received_at
       and r.user_id is null and r.api_key_id is null and r.corrects is null and r.id like 'reset:%')
  then
    return 'too_late';
  end if;
  select coalesce(-sum(e.quantity), 0) into corrected from public.usage_events e where e.organization_id = organization and e.corrects = original.id;
  if corrected + units > original.quantity then return 'too_much'; end if;
  if aggregation <> 'sum' and units <> original.quantity then return 'whole_only'; end if;
  select t.used - t.held into counted from public.meter_totals t
   where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start for update;
  -- The gauge was lowered after the event.
  if aggregation = 'sum' and counted < units then return 'too_much'; end if;

  insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
    values (organization, event ->> 'id', original.meter, -units, original.occurred_at, at, original.period_start, original.subject, original.id,
            (event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid, nullif(event -> 'metadata', 'null'))
    on conflict do nothing;
  -- The id was used for another meter at the same time.
  if not found then return 'reused'; end if;
  if aggregation = 'max' then
    perform usage.give_back(organization, original.meter, original.period_start, greatest(0, counted - (
      select coalesce(max(e.quantity), 0) from public.usage_events e
       where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.quantity > 0
         and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))), false, at);
  elsif aggregation = 'unique' then
    if original.subject is not null and not exists (
      select from public.usage_events e
       where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.subject = original.subject and e.corrects is null
         and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))
    then
      delete from public.usage_subjects s
       where s.organization_id = organization and s.meter = original.meter and s.period_start = original.period_start and s.subject = original.subject;
      if found then perform usage.give_back(organization, original.meter, original.period_start, 1, false, at); end if;
    end if;
  else
    perform usage.give_back(organization, original.meter, original.period_start, case aggregation when 'count' then 1 else units end, false, at);
  end if;
  update public.usage_days d
     set quantity = case aggregation when 'sum' then d.quantity - units when 'max' then usage.day_maximum(d) else d.quantity - 1 end
   where d.organization_id = organization and d.day = (original.occurred_at at time zone 'UTC')::date and d.meter = original.meter
     and d.reporter = usage.reporter(original.user_id, original.api_key_id);
  return 'corrected';
end
$$;
