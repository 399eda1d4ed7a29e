-- Checks of the request log, which has a partition for each month.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- partitioned by: range ("at")
alter table public.request_log
  add constraint request_log_duration_check check (duration >= 0 and tokens >= 0);

-- Written for all organizations at once.
revoke insert, update, delete on public.request_log from tenantry_app;
