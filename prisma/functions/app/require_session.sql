-- Raises TN001 when a session was revoked, or its user disabled, since the request was allowed.
-- execute: tenantry_app, tenantry_platform
--
-- The setting lets the application role see this one session (policy of public.sessions): it must know the id. The lock is held
-- until the write ends: a request that ends the session waits for it before it answers (app.await_writes_of_users).
--
-- An impersonation also ends with the operator's own session. It is compared here, and not by a trigger on the sessions: a transaction that
-- ends sessions has locked their user, and must lock no organization after it.
create function app.require_session(session_id uuid) returns void
  language plpgsql
  as $$
declare
  own public.sessions;
  alive boolean;
begin
  perform set_config('app.session_id', session_id::text, true);
  select s.user_id, s.impersonator_id, s.impersonator_session_id into own.user_id, own.impersonator_id, own.impersonator_session_id
    from public.sessions s where s.id = require_session.session_id;
  if own.user_id is not null then perform pg_advisory_xact_lock_shared(app.sessions_key(own.user_id)); end if;
  if own.impersonator_id is not null then perform pg_advisory_xact_lock_shared(app.sessions_key(own.impersonator_id)); end if;
  alive := exists (
    select from public.sessions s join public.users u on u.id = s.user_id
     where s.id = require_session.session_id and s.revoked_at is null and u.disabled_at is null);
  if alive and own.impersonator_session_id is not null then
    perform set_config('app.session_id', own.impersonator_session_id::text, true);
    alive := exists (select from public.sessions s where s.id = own.impersonator_session_id and s.revoked_at is null);
    perform set_config('app.session_id', session_id::text, true);
  end if;
  if alive then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$$;
