-- Checks of service keys.
-- access: tenantry_app selects id and access_version of the key of its request (app.require_service_key)
create policy tenant on public.service_keys for select to tenantry_app
  using (id = nullif(current_setting('app.service_key_id', true), '')::uuid);
grant select (id, access_version) on public.service_keys to tenantry_app;

alter table public.service_keys
  alter column scopes set not null,
  alter column allowed_ips set not null,
  alter column revoked_tokens set not null,
  add constraint service_keys_name_check check (name <> ''),
  add constraint service_keys_scopes_check check (cardinality(scopes) > 0),
  add constraint service_keys_hash_check check (octet_length(token_hash) = 32 and (previous_hash is null or octet_length(previous_hash) = 32)),
  add constraint service_keys_previous_check check ((previous_hash is null) = (previous_expires_at is null)),
  add constraint service_keys_overlap_check check (previous_expires_at is null or expires_at is null or previous_expires_at <= expires_at),
  add constraint service_keys_rate_limit_check check (rate_limit > 0),
  add constraint service_keys_use_count_check check (use_count >= 0),
  add constraint service_keys_revoked_tokens_check check (cardinality(revoked_tokens) <= 1000);
