-- Checks of links that were mailed to guardians.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.guardian_links
  add constraint guardian_links_email_check check (email = lower(email) and email like '_%@_%' and length(email) <= 320),
  add constraint guardian_links_token_check check (octet_length(token_hash) = 32);
