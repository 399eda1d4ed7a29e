-- Checks of external identities.
-- access: the template of global tables (app.protect_global_table)
alter table public.external_identities
  add constraint external_identities_subject_check check (subject <> '');
