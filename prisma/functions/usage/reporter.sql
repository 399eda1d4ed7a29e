-- Returns the reporter as text: `key:<id>`, `user:<id>` or an empty string.
-- execute: tenantry_app, tenantry_platform
create function usage.reporter(user_id uuid, api_key_id uuid) returns text
  language sql immutable parallel safe
  return case when api_key_id is not null then 'key:' || api_key_id when user_id is not null then 'user:' || user_id else '' end;
