-- Checks of imports of organizations.
-- access: the template of global tables (app.protect_global_table)
alter table public.organization_imports
  add constraint organization_imports_status_check check (status in ('queued', 'running', 'restored', 'failed')),
  add constraint organization_imports_due_check check ((due_at is not null) = (status in ('queued', 'running'))),
  add constraint organization_imports_source_check check ((backup is null) <> (export_id is null)),
  add constraint organization_imports_restored_check check ((restored_id is not null) = (status = 'restored'));
