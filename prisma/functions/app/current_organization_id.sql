-- Returns the organization bound to the current transaction; null when none is bound.
-- execute: tenantry_app, tenantry_platform
--
-- `nullif`: after the transaction that set it, the setting reads ''. A `return` body is bound to the built-in functions
-- when it is created, and no search_path can change that.
create function app.current_organization_id() returns uuid
  language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.current_organization_id', true), '')::uuid;
