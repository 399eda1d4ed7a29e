-- Returns the key of the advisory lock that guards who is an operator: shared by the writes of operators, exclusive for a change of who is one.
-- execute: tenantry_platform
create function app.operators_key() returns bigint
  language sql immutable parallel safe
  return hashtextextended('tenantry operators', 7);
