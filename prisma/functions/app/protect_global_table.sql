-- Protects a table without organization_id: only the platform role has access, and its changes are audited.
-- execute: owner
--
-- The template of every global table. Grant the application role more afterwards, in prisma/functions/public/<table>.sql.
create function app.protect_global_table(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform app.force_row_security(target);
  perform app.grant_sequences(target, 'tenantry_platform');
  perform audit.watch(target);
end
$$;
