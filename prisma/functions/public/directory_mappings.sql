-- Checks of what groups of directories give.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.directory_mappings
  add constraint directory_mappings_target_check check (num_nonnulls(role, custom_role_id, team_id) = 1);
