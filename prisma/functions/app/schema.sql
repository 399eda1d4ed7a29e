-- The schema of row security, of the triggers of tables and of the templates that protect tables.
-- access: tenantry_app, tenantry_platform (usage)
create schema app;
revoke all on schema app from public;
grant usage on schema app to tenantry_app, tenantry_platform;
