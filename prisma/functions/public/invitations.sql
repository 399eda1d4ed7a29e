-- Checks of invitations, and one pending invitation for each address.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create unique index invitations_pending_email_key on public.invitations (organization_id, email) where status = 'pending';

alter table public.invitations
  add constraint invitations_email_check check (email = lower(email) and email like '_%@_%' and length(email) <= 320),
  add constraint invitations_role_check check (role <> ''),
  add constraint invitations_token_check check (octet_length(token_hash) = 32),
  add constraint invitations_closed_check check ((status = 'pending') = (closed_at is null)),
  add constraint invitations_accepted_check check (accepted_by_id is null or status = 'accepted');
