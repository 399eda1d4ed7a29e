-- Checks of memberships.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.memberships
  add constraint memberships_role_check check (role <> '');
