-- Checks of connections of single sign-on.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.sso_connections
  add constraint sso_connections_content_check check (name <> '' and issuer <> '' and default_role <> '' and (tested_at is not null or not enabled)
      and case protocol
            when 'oidc' then client_id <> '' and client_auth in ('client_secret', 'private_key_jwt')
            when 'saml' then client_auth = 'none' and sign_in_url is not null and certificate is not null and cardinality(idp_certificates) in (1, 2)
            else false
          end);

-- Also while the audit log is switched off: a connection admits people.
select audit.watch('public.sso_connections', always => '{*}');
