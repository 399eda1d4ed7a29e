-- Checks of leases.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.usage_leases
  add constraint usage_leases_ttl_seconds_check check (ttl_seconds > 0);
