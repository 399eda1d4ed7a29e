-- Returns the key of the advisory lock that guards the sessions of a user: shared by their writes, exclusive for a transaction that waits for these.
-- execute: tenantry_app, tenantry_platform
create function app.sessions_key(user_id uuid) returns bigint
  language sql immutable parallel safe
  return hashtextextended(user_id::text, 11);
