-- Checks of webhooks.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.webhooks
  alter column event_types set not null,
  alter column sent_types set not null,
  add constraint webhooks_url_check check (url ~ '^https?://'),
  add constraint webhooks_previous_check check ((previous_secret is null) = (previous_expires_at is null)),
  add constraint webhooks_public_key_check check ((public_key is not null) = (signature = 'ed25519')),
  add constraint webhooks_disabled_check check (disabled_reason is null or not enabled);
