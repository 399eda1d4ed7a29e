-- Protects a table without organization_id: only the platform role has access, and its changes are audited and versioned.
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
  if exists (select from pg_trigger g where g.tgrelid = target and g.tgname = 'audit')
    and 2 = (select count(*) from pg_attribute a where a.attrelid = target and a.attname in ('id', 'updated_at') and not a.attisdropped)
  then
    perform app.version_rows(target);
  end if;
end
$$;
