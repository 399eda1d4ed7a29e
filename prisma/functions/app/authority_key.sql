-- Returns the key of the advisory lock that guards who may do what in an organization.
-- execute: tenantry_app, tenantry_platform
--
-- Every transaction of a request holds the lock shared from its beginning. A change of memberships, roles, keys, settings
-- or status takes it exclusively: it waits for the writes that began with the authority of before, and later ones wait for
-- it. The lock is kept in memory; a shared row lock would write the organization's row with every write.
create function app.authority_key(organization_id uuid) returns bigint
  language sql immutable parallel safe
  return hashtextextended(organization_id::text, 7);
