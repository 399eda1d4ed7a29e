-- The schema of the audit log (docs/audit.md, docs/decisions/0012).
-- access: tenantry_app, tenantry_platform (usage)
--
-- Row triggers write what a transaction changes to audit.pending, in the same transaction. audit.chain() turns it into one event for each
-- organization, linked to the previous event of that organization by its hash. The owner of the tables writes, and only through these
-- functions: row security is forced, and no policy permits changing an event.
--
-- The functions trust no setting of the session: any role can set it. `app.audit` only says who acts.
create schema audit;
revoke all on schema audit from public;
grant usage on schema audit to tenantry_app, tenantry_platform;
