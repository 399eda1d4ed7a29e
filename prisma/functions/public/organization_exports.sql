-- Checks of exports of organizations.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.organization_exports
  add constraint organization_exports_status_check check (status in ('queued', 'running', 'ready', 'failed', 'canceled', 'expired')),
  add constraint organization_exports_due_check check ((due_at is not null) = (status in ('queued', 'running'))),
  add constraint organization_exports_file_check check (status <> 'ready' or (lease is not null and bytes is not null and expires_at is not null));
