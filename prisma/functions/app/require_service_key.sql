-- Compares the access version of a service key with the one at which the request was allowed.
-- execute: tenantry_app, tenantry_platform
--
-- The setting lets the application role see this one key (policy of public.service_keys): it must know the id. The lock is held until the write
-- ends: a change of the key waits for it (app.service_key_changed). Raises TN001 when the version differs or the key was revoked.
create function app.require_service_key(service_key_id uuid, expected integer) returns void
  language plpgsql
  as $$
begin
  perform set_config('app.service_key_id', service_key_id::text, true);
  perform pg_advisory_xact_lock_shared(app.service_keys_key(service_key_id));
  if exists (select from public.service_keys k where k.id = service_key_id and k.access_version = expected) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$$;
