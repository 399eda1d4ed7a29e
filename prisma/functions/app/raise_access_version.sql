-- Increments the access version of an organization, and waits for the writes that have begun with the version before.
-- execute: tenantry_app, tenantry_platform
--
-- The update locks the row of the organization before its authority, as app.lock_organization does. An organization that this
-- transaction deletes has no version any longer, and no write can begin in it.
--
-- Once in a transaction, because nobody has seen the version that it has made: the row would otherwise get a version for each of the thousands of rows that one
-- statement can change, and each update would read all of them. A rollback to a savepoint also undoes the setting.
create function app.raise_access_version(organization_id uuid) returns void
  language plpgsql
  as $$
begin
  if current_setting('app.raised', true) = concat(pg_current_xact_id(), ' ', organization_id) then return; end if;
  update public.organizations set access_version = access_version + 1 where id = organization_id;
  if found then
    perform pg_advisory_xact_lock(app.authority_key(organization_id)), set_config('app.raised', concat(pg_current_xact_id(), ' ', organization_id), true);
  end if;
end
$$;
