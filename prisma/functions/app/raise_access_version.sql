-- Increments the access version of an organization, and waits for the writes that have begun with the version before.
-- execute: tenantry_app, tenantry_platform
--
-- The update locks the row of the organization before its authority, as app.lock_organization does. An organization that this
-- transaction deletes has no version any longer, and no write can begin in it.
create function app.raise_access_version(organization_id uuid) returns void
  language plpgsql
  as $$
begin
  update public.organizations set access_version = access_version + 1 where id = organization_id;
  if found then perform pg_advisory_xact_lock(app.authority_key(organization_id)); end if;
end
$$;
