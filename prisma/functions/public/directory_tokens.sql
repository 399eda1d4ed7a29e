-- Checks of the tokens of directories.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.directory_tokens
  add constraint directory_tokens_hash_check check (octet_length(token_hash) = 32),
  add constraint directory_tokens_use_count_check check (use_count >= 0);
