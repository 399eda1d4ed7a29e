-- Returns the key of the advisory lock that guards a service key: shared by its writes, exclusive for a change of what it may do.
-- execute: tenantry_app, tenantry_platform
create function app.service_keys_key(service_key_id uuid) returns bigint
  language sql immutable parallel safe
  return hashtextextended(service_key_id::text, 13);
