-- Locks an organization until the transaction ends, and returns its access version; null when it does not exist.
-- execute: tenantry_app, tenantry_platform
--
-- The version of a locked row cannot change. First the row, then the authority: statements that update the row without this function lock in the same order.
create function app.lock_organization(organization_id uuid) returns integer
  language plpgsql
  as $$
declare
  found_version integer;
begin
  select o.access_version into found_version from public.organizations o where o.id = organization_id for no key update;
  perform pg_advisory_xact_lock(app.authority_key(organization_id));
  return found_version;
end
$$;
