-- Locks the checkpoints until the transaction ends. Adding one, and removing events that they name, begin with this lock, before the heads of chains.
-- execute: tenantry_platform
create function audit.lock_checkpoints() returns void
  language sql
  as $$ select pg_advisory_xact_lock(hashtext('tenantry:audit-checkpoints')) $$;
