-- Checks of sessions, and the index of the open impersonations of an operator.
-- access: tenantry_app selects id, user_id, revoked_at and impersonator_id and impersonator_session_id of the session of its request (app.require_session)
create policy tenant on public.sessions for select to tenantry_app
  using (id = nullif(current_setting('app.session_id', true), '')::uuid);
grant select (id, user_id, revoked_at, impersonator_id, impersonator_session_id) on public.sessions to tenantry_app;

alter table public.sessions
  add constraint sessions_revoked_check check (revoked_reason is null or revoked_at is not null),
  add constraint sessions_impersonation_check check (num_nulls(impersonator_id, impersonation_reason, impersonation_scope, impersonator_session_id) in (0, 4)),
  add constraint sessions_scope_check check (impersonation_scope in ('read', 'write'));

create index sessions_impersonator_key on public.sessions (impersonator_id) where impersonator_id is not null and revoked_at is null;

-- Impersonations are recorded also while the audit log is switched off.
select audit.watch('public.sessions', always => '{impersonator_id=*}');
