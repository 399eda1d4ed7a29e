-- The schema of counting (docs/usage.md): what each request counts is arithmetic in one function, and one round trip.
-- access: tenantry_app, tenantry_platform (usage)
--
-- The functions run with the rights of the caller, and row security applies inside them.
create schema usage;
revoke all on schema usage from public;
grant usage on schema usage to tenantry_app, tenantry_platform;
