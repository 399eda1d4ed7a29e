-- Records that 80 or 100 % of an allowance are used, once in a period, and writes a domain event.
-- execute: tenantry_app, tenantry_platform
create function usage.note_thresholds(organization uuid, of_meter text, starts timestamptz, plan_allowance bigint, at timestamptz, decimals integer default 0) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  used_now bigint;
  threshold_period timestamptz := case when starts = 'epoch' then date_trunc('month', at, 'UTC') else starts end;
  reached integer;
begin
  if plan_allowance is null or plan_allowance = 0 then return; end if;
  select t.used - t.held into used_now from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
  foreach reached in array array[80, 100] loop
    exit when used_now is null or used_now::numeric * 100 < plan_allowance::numeric * reached;
    continue when exists (select from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = threshold_period and h.percent = reached);
    insert into public.usage_thresholds (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
      values (organization, usage.new_id(at), of_meter, threshold_period, reached, used_now, plan_allowance, at)
      on conflict do nothing;
    continue when not found;
    insert into public.domain_events (organization_id, id, type, occurred_at, data)
      values (organization, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
        'meter', of_meter, 'periodStart', to_char(threshold_period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'percent', reached, 'used', usage.quantity(used_now, decimals), 'limit', usage.quantity(plan_allowance, decimals)));
  end loop;
end
$$;
