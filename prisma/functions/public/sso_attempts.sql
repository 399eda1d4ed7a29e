-- Checks of sign-ins with single sign-on.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.sso_attempts
  add constraint sso_attempts_content_check check (outcome <> '');
