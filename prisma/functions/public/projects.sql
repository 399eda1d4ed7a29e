-- Checks of projects.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.projects
  add constraint projects_name_check check (name <> '');
