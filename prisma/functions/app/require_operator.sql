-- Raises TN001 when a user is no longer an operator. Operators are removed only after the writes that have begun.
-- execute: tenantry_platform
create function app.require_operator(user_id uuid) returns void
  language plpgsql
  as $$
begin
  perform pg_advisory_xact_lock_shared(app.operators_key());
  if exists (
    select from public.platform_admins a join public.users u on u.id = a.user_id where a.user_id = require_operator.user_id and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$$;
