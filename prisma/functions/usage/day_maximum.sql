-- Returns the largest quantity that a reporter reported at once on a day and that was not corrected.
-- execute: tenantry_app, tenantry_platform
create function usage.day_maximum(of_day public.usage_days) returns bigint
  language sql stable
  set search_path = pg_catalog
  as $$
select coalesce(max(e.quantity), 0) from public.usage_events e
 where e.organization_id = of_day.organization_id and e.meter = of_day.meter and e.quantity > 0
   and e.occurred_at >= of_day.day::timestamp at time zone 'UTC' and e.occurred_at < (of_day.day + 1)::timestamp at time zone 'UTC'
   and usage.reporter(e.user_id, e.api_key_id) = of_day.reporter
   and not exists (select from public.usage_events c where c.organization_id = e.organization_id and c.corrects = e.id)
$$;
