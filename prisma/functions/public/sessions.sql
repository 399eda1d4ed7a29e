-- Checks of sessions.
-- access: the template of global tables (app.protect_global_table)
alter table public.sessions
  add constraint sessions_revoked_check check (revoked_reason is null or revoked_at is not null),
  add constraint sessions_impersonation_check check ((impersonator_id is null) = (impersonation_reason is null));
