-- Checks of reached thresholds.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
alter table public.usage_thresholds
  add constraint usage_thresholds_percent_check check (percent in (80, 100));

revoke update, delete on public.usage_thresholds from tenantry_app;
