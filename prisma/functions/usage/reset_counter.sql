-- Resets the usage of a counter in a period by a counter-event; returns the units taken back.
-- execute: tenantry_platform
--
-- Held units stay. The thresholds of the period can be reached again. `rules`: aggregation, tracks and reason.
create function usage.reset_counter(organization uuid, of_meter text, starts timestamptz, rules jsonb, at timestamptz) returns bigint
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  units bigint;
  event jsonb;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  units := coalesce(total.used - total.held, 0);
  delete from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = starts;
  if units = 0 then return 0; end if;
  event := jsonb_build_object('id', 'reset:' || usage.new_id(at), 'meter', of_meter, 'quantity', -units, 'occurredAt', at, 'periodStart', starts,
    'metadata', jsonb_build_object('kind', 'correction', 'reason', rules ->> 'reason'));
  if rules ->> 'aggregation' in ('sum', 'count') and rules ->> 'tracks' is null then
    perform usage.write_event(organization, event, at);
  else
    -- A reset does not lower the maximum or the number of subjects of a day; requests have their own days.
    insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, metadata)
      values (organization, event ->> 'id', of_meter, -units, at, at, starts, event -> 'metadata');
  end if;
  delete from public.usage_subjects s where s.organization_id = organization and s.meter = of_meter and s.period_start = starts;
  perform usage.give_back(organization, of_meter, starts, units, false, at);
  perform audit.record_change(organization, 'meter_totals', total.id::text, jsonb_build_object('meter', of_meter, 'used', total.used), jsonb_build_object('meter', of_meter, 'used', total.held));
  return units;
end
$$;
