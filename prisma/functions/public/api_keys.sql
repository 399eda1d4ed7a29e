-- Checks of API keys.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.api_keys
  alter column permissions set not null,
  alter column allowed_ips set not null,
  alter column revoked_tokens set not null,
  add constraint api_keys_name_check check (name <> ''),
  add constraint api_keys_hash_check check (octet_length(token_hash) = 32 and (previous_hash is null or octet_length(previous_hash) = 32)),
  add constraint api_keys_previous_check check ((previous_hash is null) = (previous_expires_at is null)),
  add constraint api_keys_overlap_check check (previous_expires_at is null or expires_at is null or previous_expires_at <= expires_at),
  add constraint api_keys_rate_limit_check check (rate_limit > 0),
  add constraint api_keys_use_count_check check (use_count >= 0),
  add constraint api_keys_revoked_tokens_check check (cardinality(revoked_tokens) <= 1000);
