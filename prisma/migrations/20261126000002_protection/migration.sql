-- The templates that protect a table: row security, policies, grants and audit.

-- Enables and forces row security on a table, and gives the platform role a policy for all rows.
-- execute: owner
--
-- Forced row security applies to the owner too. The platform role has a policy instead of BYPASSRLS, which managed
-- servers do not grant.
create function app.force_row_security(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on table %s from public, tenantry_app', target);
  execute format('drop policy if exists platform on %s', target);
  execute format('create policy platform on %s to tenantry_platform using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on table %s to tenantry_platform', target);
end
$$;
revoke all on function app.force_row_security(regclass) from public;
comment on function app.force_row_security(regclass) is 'Enables and forces row security on a table, and gives the platform role a policy for all rows.';

-- Grants a role the sequences that fill the columns of a table (serial, identity).
-- execute: owner
create function app.grant_sequences(target regclass, grantee name) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  sequence regclass;
begin
  for sequence in
    select d.objid::regclass from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = target and d.deptype in ('a', 'i')
  loop
    execute format('grant usage on sequence %s to %I', sequence, grantee);
  end loop;
end
$$;
revoke all on function app.grant_sequences(regclass, name) from public;
comment on function app.grant_sequences(regclass, name) is 'Grants a role the sequences that fill the columns of a table (serial, identity).';

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
revoke all on function app.protect_global_table(regclass) from public;
comment on function app.protect_global_table(regclass) is 'Protects a table without organization_id: only the platform role has access, and its changes are audited.';

-- Protects a table with organization_id: the application role reads and writes the rows of the bound organization only.
-- execute: owner
--
-- The template of every tenant-owned table: forced row security, the policies `tenant` and `platform`, grants, audit.
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
revoke all on function app.protect_tenant_table(regclass) from public;
comment on function app.protect_tenant_table(regclass) is 'Protects a table with organization_id: the application role reads and writes the rows of the bound organization only.';
