-- Checks of what directories have given.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.directory_grants
  add constraint directory_grants_target_check check (num_nonnulls(custom_role_id, team_id) = 1);
