-- Notes that checkpoints are stored outside of the database.
-- execute: tenantry_platform
create function audit.checkpoints_exported(numbers bigint[]) returns void
  language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$ update audit.checkpoints c set exported_at = clock_timestamp() where c.number = any(numbers) and c.exported_at is null $$;
