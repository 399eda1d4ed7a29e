-- Checks of sign-ins by mail.
-- access: the template of global tables (app.protect_global_table)
alter table public.mail_sign_ins
  add constraint mail_sign_ins_hash_check check (octet_length(request_hash) = 32 and octet_length(code_hash) = 32 and octet_length(link_hash) = 32),
  add constraint mail_sign_ins_attempts_check check (attempts >= 0);
