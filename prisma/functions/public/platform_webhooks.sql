-- Checks of webhooks of the platform.
-- access: the template of global tables (app.protect_global_table)
alter table public.platform_webhooks
  alter column event_types set not null,
  alter column sent_types set not null,
  add constraint platform_webhooks_url_check check (url ~ '^https?://'),
  add constraint platform_webhooks_types_check check ((event_types = '{}') = (sent_types = '{}')),
  add constraint platform_webhooks_previous_check check ((previous_secret is null) = (previous_expires_at is null)),
  add constraint platform_webhooks_public_key_check check ((public_key is not null) = (signature = 'ed25519')),
  add constraint platform_webhooks_disabled_check check (disabled_reason is null or not enabled);
