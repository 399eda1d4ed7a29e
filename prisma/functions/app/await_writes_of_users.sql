-- Waits for the writes that the sessions of users have begun, one user after the other.
-- execute: tenantry_platform
--
-- Called after the transaction that ended sessions has committed, in a transaction of its own. Each lock is released before the
-- next one is awaited, so it cannot be part of a deadlock. Writes that begin later see the end of their session
-- (app.require_session).
create function app.await_writes_of_users(user_ids uuid[]) returns void
  language plpgsql
  as $$
declare
  each uuid;
begin
  perform set_config('lock_timeout', '20s', true);
  foreach each in array user_ids loop
    perform pg_advisory_lock(app.sessions_key(each));
    perform pg_advisory_unlock(app.sessions_key(each));
  end loop;
end
$$;
