-- Checks of the access log.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
alter table public.access_log
  add constraint access_log_actor_check check (actor_kind in ('user', 'key', 'service', 'operator'));

revoke update, delete on public.access_log from tenantry_app;
