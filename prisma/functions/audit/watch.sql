-- Records the changes of a table in the audit log, unless audit.left_out() names the table.
-- execute: owner
--
-- The template of the trigger `audit`, with what is known of the columns as arguments of audit.record(). Call it again when audit.left_out() or the
-- columns change. `always` names the rows that are recorded also while the organization does not record its changes: `*`, an operation
-- such as `delete`, `<column>=<value>`, or `<column>=*` for rows with a value in the column. Left out, it stays as it is.
create function audit.watch(target regclass, always text[] default null) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
declare
  table_name constant text := (select relname from pg_class where oid = target);
  owner_column text := (select attname from pg_attribute where attrelid = target and attname = 'organization_id' and not attisdropped);
  key_columns text[];
  left_out_columns text[];
  plain_columns text[];
  masked_columns text[];
  kept constant text[] := (select nullif((string_to_array(encode(g.tgargs, 'escape'), '\000'))[5], '') from pg_trigger g where g.tgrelid = target and g.tgname = 'audit');
  rules constant text[] := coalesce(always, kept, '{}');
  arguments text;
begin
  execute format('drop trigger if exists audit on %s', target);
  if exists (select from audit.left_out() l where l.name = table_name) then return; end if;
  if table_name = 'organizations' then owner_column := 'id'; end if;
  if table_name in ('job_runs', 'catalog_versions', 'signing_keys', 'platform_admins', 'service_keys') then owner_column := 'platform'; end if;
  select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) into key_columns
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = target and i.indisprimary and a.attname <> 'organization_id';
  select array_agg(c.name order by c.name) filter (where c.left_out), array_agg(c.name order by c.name) filter (where not c.left_out and not c.of_many_parts and not c.masked),
         array_agg(c.name order by c.name) filter (where not c.left_out and c.masked)
    into left_out_columns, plain_columns, masked_columns
    from (select a.attname::text as name,
                 exists (select from audit.left_out() l where l.name in ('.' || a.attname, table_name || '.' || a.attname)) as left_out,
                 audit.is_secret(a.attname::text) or t.typname = 'bytea' as masked,
                 -- Documents, bytea, and types of which nothing is known.
                 coalesce(nullif(e.typcategory, 'A'), t.typcategory) not in ('B', 'D', 'E', 'I', 'N', 'S', 'T') and t.typname not in ('uuid', '_uuid') as of_many_parts
            from pg_attribute a join pg_type d on d.oid = a.atttypid join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid) left join pg_type e on e.oid = nullif(t.typelem, 0)
           where a.attrelid = target and a.attnum > 0 and not a.attisdropped) c;
  arguments := concat_ws(', ', quote_literal(coalesce(owner_column, '')), quote_literal(coalesce(left_out_columns, '{}')), quote_literal(coalesce(plain_columns, '{}')), quote_literal(coalesce(key_columns[1], '')),
    case when rules <> '{}' or masked_columns <> '{}' or cardinality(key_columns) > 1 then quote_literal(rules) end,
    case when cardinality(key_columns) > 1 then (select string_agg(quote_literal(k), ', ' order by n) from unnest(key_columns) with ordinality as each (k, n)) end,
    quote_literal(masked_columns));
  execute format('create trigger audit after insert or update or delete on %s for each row execute function audit.record(%s)', target, arguments);
end
$$;
