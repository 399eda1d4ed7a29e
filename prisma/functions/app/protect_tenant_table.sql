-- Protects a table with organization_id: the application role reads and writes the rows of the bound organization only.
-- execute: owner
--
-- The template of every tenant-owned table: forced row security, the policies `tenant` and `platform`, grants, audit, versions.
-- Call it again after adding a partition: policies of the parent do not protect a partition that is named directly.
create function app.protect_tenant_table(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
declare
  partition regclass;
begin
  if not exists (
    select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = target and i.indisvalid and i.indpred is null
       and a.attname = 'organization_id' and a.atttypid = 'uuid'::regtype
  ) then
    raise exception 'Table % needs an index that starts with organization_id (uuid)', target;
  end if;
  perform app.protect_global_table(target);
  execute format('drop policy if exists tenant on %s', target);
  execute format(
    'create policy tenant on %s to tenantry_app
       using (organization_id = (select app.current_organization_id()))
       with check (organization_id = (select app.current_organization_id()))', target);
  execute format('grant select, insert, update, delete on table %s to tenantry_app', target);
  perform app.grant_sequences(target, 'tenantry_app');
  for partition in select relid from pg_partition_tree(target) where relid <> target loop
    perform app.force_row_security(partition);
  end loop;
end
$$;
