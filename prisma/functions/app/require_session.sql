-- Raises TN001 when a session was revoked, or its user disabled, since the request was allowed.
-- execute: tenantry_app, tenantry_platform
--
-- The setting lets the application role see this one session (policy of public.sessions): it must know the id. The lock is held
-- until the write ends: who has ended the session waits for it before answering (app.await_writes_of_user).
create function app.require_session(session_id uuid) returns void
  language plpgsql
  as $$
begin
  perform set_config('app.session_id', session_id::text, true);
  perform pg_advisory_xact_lock_shared(app.sessions_key(s.user_id)) from public.sessions s where s.id = require_session.session_id;
  if exists (
    select from public.sessions s join public.users u on u.id = s.user_id
     where s.id = require_session.session_id and s.revoked_at is null and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$$;
