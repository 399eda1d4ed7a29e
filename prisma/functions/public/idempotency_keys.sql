-- Checks of the answers to requests with an Idempotency-Key.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.idempotency_keys
  add constraint idempotency_keys_fingerprint_check check (octet_length(fingerprint) = 32);

comment on index public.idempotency_keys_pkey is 'Unique on the platform: the id is a digest that contains the organization.';
