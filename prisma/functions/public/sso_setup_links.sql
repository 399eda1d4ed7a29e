-- Checks of the set-up links of single sign-on.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.sso_setup_links
  add constraint sso_setup_links_name_check check (name <> ''),
  add constraint sso_setup_links_hash_check check (octet_length(token_hash) = 32),
  add constraint sso_setup_links_use_count_check check (use_count >= 0);
