-- Records the changes of a table in the audit log, unless audit.left_out() names the table.
-- execute: owner
--
-- The template of the trigger `audit`. Call it again when audit.left_out() changes. `always` names the rows that are recorded
-- also while the organization does not record its changes: `*`, an operation such as `delete`, `<column>=<value>`, or
-- `<column>=*` for rows with a value in the column. Left out, it stays as it is.
create function audit.watch(target regclass, always text[] default null) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
declare
  table_name text := (select relname from pg_class where oid = target);
  owner_column text := (select attname from pg_attribute where attrelid = target and attname = 'organization_id' and not attisdropped);
  key_columns text[];
  kept constant text[] := (select nullif((string_to_array(encode(g.tgargs, 'escape'), '\000'))[4], '') from pg_trigger g where g.tgrelid = target and g.tgname = 'audit');
begin
  execute format('drop trigger if exists audit on %s', target);
  if exists (select from audit.left_out() l where l.name = table_name) then return; end if;
  if table_name = 'organizations' then owner_column := 'id'; end if;
  if table_name in ('job_runs', 'catalog_versions', 'signing_keys', 'platform_admins') then owner_column := 'platform'; end if;
  select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) into key_columns
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = target and i.indisprimary and a.attname <> 'organization_id';
  execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.record(%L, %L, %L, %L)',
    target, coalesce(owner_column, ''), coalesce(key_columns, '{}'), (select array_agg(substr(l.name, 2)) from audit.left_out() l where l.name like '.%'),
    coalesce(always, kept, '{}'));
end
$$;
