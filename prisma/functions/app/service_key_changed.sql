-- Trigger: increments the access version of a service key when what it may do changes.
-- execute: owner
--
-- It waits for the writes that the key has begun. Writes that begin later compare the version (app.require_service_key), so none of them commits
-- after a revocation, a rotation without an overlap, or a lost scope has been answered. The writes of a key never wait for its row.
create function app.service_key_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform pg_advisory_xact_lock(app.service_keys_key(old.id));
  if tg_op = 'DELETE' then return old; end if;
  new.access_version := old.access_version + 1;
  return new;
end
$$;

create trigger service_key_changed
  before update of token_hash, previous_hash, previous_expires_at, scopes, expires_at, allowed_ips, revoked_tokens on public.service_keys
  for each row execute function app.service_key_changed();
create trigger service_key_lost before delete on public.service_keys for each row execute function app.service_key_changed();
