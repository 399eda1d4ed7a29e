-- Checks of identities of single sign-on.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.sso_identities
  add constraint sso_identities_content_check check (subject <> '');
