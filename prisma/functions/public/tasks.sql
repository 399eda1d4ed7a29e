-- Checks of tasks.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.tasks
  add constraint tasks_title_check check (title <> '');
