-- Waits for the writes that the sessions of a user have begun.
-- execute: tenantry_platform
--
-- Called after the transaction that ended sessions has committed, in a transaction of its own: it holds nothing else, so it
-- cannot be part of a deadlock. Writes that begin later see the end of their session (app.require_session).
create function app.await_writes_of_user(user_id uuid) returns void
  language plpgsql
  as $$
begin
  perform set_config('lock_timeout', '20s', true);
  perform pg_advisory_xact_lock(app.sessions_key(user_id));
end
$$;
