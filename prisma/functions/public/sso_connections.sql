-- Checks of connections of single sign-on.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.sso_connections
  add constraint sso_connections_content_check check (name <> '' and issuer <> '' and client_id <> '' and default_role <> '' and (tested_at is not null or not enabled)
      and client_auth in ('client_secret', 'private_key_jwt'));

-- Also while the audit log is switched off: a connection admits people.
select audit.watch('public.sso_connections', always => '{*}');
