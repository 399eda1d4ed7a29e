-- Checks of secrets of integrations.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.integration_secrets
  add constraint integration_secrets_name_check check (integration <> '' and name <> '');
