-- Converts a stored quantity to units of the meter: 1250 with 3 decimals is 1.25.
-- execute: tenantry_app, tenantry_platform
create function usage.quantity(parts bigint, decimals integer) returns numeric
  language sql immutable parallel safe
  return case when coalesce(decimals, 0) = 0 then parts::numeric else trim_scale(parts / 10::numeric ^ decimals) end;
