CREATE OR REPLACE FUNCTION audit.redacted(document jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
begin
  return case jsonb_typeof(document)
    when 'object' then (
      select coalesce(jsonb_object_agg(key,
               case when jsonb_typeof(value) = 'null' then value
                    when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                    when audit.is_secret(key) then '"[redacted]"'
                    when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value)
                    else value end), '{}')
        from jsonb_each(document))
    when 'array' then (
      select coalesce(jsonb_agg(case when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                                     when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value) else value end order by n), '[]')
        from jsonb_array_elements(document) with ordinality as each (value, n))
    else document end;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.record()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  note constant jsonb := audit.note();
  whole jsonb;
  was jsonb;
  now_is jsonb;
  row_id text;
  same text[];
  masked text[];
  recording boolean;
  always boolean;
  name text;
begin
  if tg_op = 'INSERT' then
    now_is := to_jsonb(new) - tg_argv[1]::text[];
    whole := now_is;
  elsif tg_op = 'UPDATE' then
    was := to_jsonb(old) - tg_argv[1]::text[];
    now_is := to_jsonb(new) - tg_argv[1]::text[];
    -- Nothing changed that is recorded, as when a trigger increments an access version.
    if was = now_is then return null; end if;
    whole := now_is;
    same := array(select b.key from jsonb_each(was) b where now_is -> b.key = b.value);
  else
    was := to_jsonb(old) - tg_argv[1]::text[];
    whole := was;
    -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
    if tg_table_name <> 'organizations' and exists (select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id::text = was ->> tg_argv[0]) then
      return null;
    end if;
  end if;
  if tg_nargs > 4 then
    foreach name in array tg_argv[4]::text[] loop
      always := coalesce(name in ('*', lower(tg_op))
          or (name like '%=*' and num_nonnulls(was ->> rtrim(name, '=*'), now_is ->> rtrim(name, '=*')) > 0)
          or split_part(name, '=', 2) in (was ->> split_part(name, '=', 1), now_is ->> split_part(name, '=', 1)), false);
      exit when always;
    end loop;
    if tg_table_name = 'settings_documents' then
      if now_is ->> 'section' = 'security' then recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
      elsif was ->> 'section' = 'security' then recording := true;
      end if;
    end if;
  end if;
  if same is not null then
    was := was - same;
    now_is := now_is - same;
  end if;
  if tg_nargs > 5 then
    for n in 5 .. tg_nargs - 1 loop
      -- No column has such a name.
      if starts_with(tg_argv[n], '{') then masked := tg_argv[n]; else row_id := concat_ws('/', row_id, whole ->> tg_argv[n]); end if;
    end loop;
    foreach name in array coalesce(masked, '{}') loop
      was := case when was ->> name is null then was else jsonb_set(was, array[name], '"[redacted]"') end;
      now_is := case when now_is ->> name is null then now_is else jsonb_set(now_is, array[name], '"[redacted]"') end;
    end loop;
  end if;
  -- In the text of documents, a bracket or a space comes before the beginning of a document in another.
  if concat(was, now_is) ~ (case when coalesce(now_is, was) - tg_argv[2]::text[] - coalesce(masked, '{}') = '{}' then '[ [][{]"|"\\\\x' else audit.secret_names() || '|"\\\\x' end) then
    was := audit.redacted(was);
    now_is := audit.redacted(now_is);
  end if;
  if coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0) > 1048576 then
    was := audit.shortened(was);
    now_is := audit.shortened(now_is);
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, size, recording, always, note)
  values (case tg_argv[0] when '' then audit.home(note) when 'platform' then '00000000-0000-0000-0000-000000000000' else (whole ->> tg_argv[0])::uuid end, tg_table_name,
          coalesce(row_id, whole ->> tg_argv[3]), lower(tg_op), was, now_is, coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0), recording, coalesce(always, false),
          case when coalesce(note ->> 'actorKind', 'system') in ('user', 'key', 'service', 'operator', 'job', 'system', 'anonymous') then note end);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.watch(target regclass, always text[] DEFAULT NULL::text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET client_min_messages TO 'warning'
AS $function$
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
$function$
;
