-- Checks of the periods of subscriptions, and rights on them.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.subscription_periods
  add constraint subscription_periods_end_check check (ends_at > starts_at);

revoke insert, update, delete on public.subscription_periods from tenantry_app;
