-- Checks of directories.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.directories
  add constraint directories_name_check check (name <> '');
