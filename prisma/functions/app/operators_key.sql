-- Returns the key of the advisory lock that guards who is an operator: shared by writes of operators, alone for changes of them.
-- execute: tenantry_platform
create function app.operators_key() returns bigint
  language sql immutable parallel safe
  return hashtextextended('tenantry operators', 7);
