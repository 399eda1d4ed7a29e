-- Raises TN002 when a request with this Idempotency-Key is running, or has been answered since this one has begun.
-- execute: tenantry_app, tenantry_platform
--
-- Of the transactions of requests with one key, one continues. It never waits: the others end at once.
create function app.claim_idempotency_key(key_id uuid) returns void
  language plpgsql
  as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('tenantry idempotency ' || key_id, 0))
    and not exists (select from public.idempotency_keys k where k.id = key_id) then return; end if;
  raise exception 'A request with this Idempotency-Key is running' using errcode = 'TN002';
end
$$;
