-- Checks of teams.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.teams
  add constraint teams_name_check check (name <> '');
