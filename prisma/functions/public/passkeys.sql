-- Checks of passkeys.
-- access: the template of global tables (app.protect_global_table)
alter table public.passkeys
  add constraint passkeys_sign_count_check check (sign_count >= 0);
