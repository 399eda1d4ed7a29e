-- Compares the access version of an organization with the one at which the request was allowed.
-- execute: tenantry_app, tenantry_platform
--
-- Sent in the statement that begins a transaction of a request, or in front of a single statement. Whatever narrows the
-- authority of an actor increments the version, so one comparison stands for membership, role, permissions, the key, the
-- policies and the state of the organization. Raises TN001 when the version differs.
create function app.require_authority(organization_id uuid, expected integer) returns void
  language plpgsql
  as $$
begin
  perform pg_advisory_xact_lock_shared(app.authority_key(organization_id));
  if exists (select from public.organizations o where o.id = organization_id and o.access_version = expected) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$$;
