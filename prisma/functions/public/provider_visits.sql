-- Checks of visits to identity providers.
-- access: the template of global tables (app.protect_global_table)
alter table public.provider_visits
  add constraint provider_visits_hash_check check (octet_length(state_hash) = 32);
