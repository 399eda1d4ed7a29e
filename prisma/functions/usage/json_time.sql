-- Formats a time as the API does: ISO 8601 in UTC, with milliseconds.
-- execute: tenantry_platform
create function usage.json_time(at timestamptz) returns text
  language sql stable parallel safe
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
