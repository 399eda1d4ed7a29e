-- Writes corrections of events and returns their units.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
--
-- The caller has read the events with usage.read_corrections in the same transaction, so it has locked the meters, and has
-- decided that the corrections can be applied. When another meter's event took an id meanwhile, the transaction must run again.
-- Each correction has the `aggregation` of its meter.
create function usage.write_corrections(organization uuid, corrections jsonb, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  correction jsonb;
  aggregation text;
  original public.usage_events;
  units bigint;
  counted bigint;
begin
  -- In one order, so that transactions with the same ids do not deadlock.
  for correction in select c from jsonb_array_elements(corrections) c order by (c ->> 'id') collate "C" loop
    aggregation := correction ->> 'aggregation';
    units := -(correction ->> 'quantity')::bigint;
    select * into strict original from public.usage_events e where e.organization_id = organization and e.id = correction ->> 'corrects';
    insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
      values (organization, correction ->> 'id', original.meter, -units, original.occurred_at, at, original.period_start, original.subject, original.id,
              (correction ->> 'userId')::uuid, (correction ->> 'apiKeyId')::uuid, nullif(correction -> 'metadata', 'null'))
      on conflict do nothing;
    if not found then
      raise exception 'the id % was used for another meter at the same time', correction ->> 'id' using errcode = 'serialization_failure';
    end if;
    if aggregation = 'max' then
      select t.used - t.held into counted from public.meter_totals t
       where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start;
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
  end loop;
end
$$;
