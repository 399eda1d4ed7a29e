-- The functions that count usage (docs/usage.md): each call of the API counts in one function, and so in one round trip.
-- access: tenantry_app, tenantry_platform (usage)
--
-- The functions run with the rights of the caller, and row security applies inside them.
create schema usage;
revoke all on schema usage from public;
grant usage on schema usage to tenantry_app, tenantry_platform;
