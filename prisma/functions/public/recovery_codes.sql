-- Checks of recovery codes.
-- access: the template of global tables (app.protect_global_table)
alter table public.recovery_codes
  add constraint recovery_codes_hash_check check (octet_length(code_hash) = 32);
