-- Checks of legal holds.
-- access: the template of global tables (app.protect_global_table)
alter table public.legal_holds
  add constraint legal_holds_kind_check check (kind in ('user', 'organization')),
  add constraint legal_holds_reason_check check (reason <> '');
