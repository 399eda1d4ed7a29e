-- Trigger: writes one changed row to audit.pending.
-- execute: owner
--
-- Arguments, which audit.watch() writes: 1. the column with the organization's id, `platform` for a row of the platform, '' for a row that
-- belongs to the organization whose work changed it (users, sessions); 2. the columns that are left out; 3. the columns that hold no
-- secret, by their names and types; 4. the key column. A fifth argument has the rows that are always recorded, and the key columns follow
-- if there are several.
--
-- A column that no argument names is masked by its name at run time: a column that was added since is recorded, too. So is every value that
-- only a document or a bytea can be: the type of a column may have changed since. The values of a row of more than 1 MB are shortened.
--
-- `plan_cache_mode`: PL/pgSQL would otherwise plan its expressions again for the documents of each row, which takes longer than to run them.
create function audit.record() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  as $$
declare
  was jsonb := to_jsonb(old) - tg_argv[1]::text[];
  now_is jsonb := to_jsonb(new) - tg_argv[1]::text[];
  whole constant jsonb := coalesce(now_is, was);
  several_keys text;
  recording boolean;
  always boolean := false;
begin
  -- Nothing changed that is recorded, as when a trigger increments an access version.
  if tg_op = 'UPDATE' and was = now_is then return null; end if;
  if tg_nargs > 5 then
    several_keys := (select string_agg(whole ->> tg_argv[n], '/' order by n) from generate_series(5, tg_nargs - 1) n);
  end if;
  if tg_nargs > 4 then
    always := exists (
      select from unnest(tg_argv[4]::text[]) rule
       where rule in ('*', lower(tg_op))
          or (rule like '%=*' and num_nonnulls(was ->> rtrim(rule, '=*'), now_is ->> rtrim(rule, '=*')) > 0)
          or split_part(rule, '=', 2) in (was ->> split_part(rule, '=', 1), now_is ->> split_part(rule, '=', 1)));
    if tg_table_name = 'settings_documents' then
      if now_is ->> 'section' = 'security' then recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
      elsif was ->> 'section' = 'security' then recording := true;
      end if;
    end if;
  end if;
  if tg_op <> 'INSERT' then
    -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
    if tg_op = 'DELETE' then
      if tg_table_name <> 'organizations' and exists (
        select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id::text = was ->> tg_argv[0]
      ) then
        return null;
      end if;
    else
      select jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, now_is -> b.key) into was, now_is
        from jsonb_each(was) b where now_is -> b.key is distinct from b.value;
    end if;
  end if;
  if coalesce(now_is, was) - tg_argv[2]::text[] <> '{}' then
    was := was || audit.redacted(was - tg_argv[2]::text[]);
    now_is := now_is || audit.redacted(now_is - tg_argv[2]::text[]);
  end if;
  if jsonb_path_exists(was, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') or jsonb_path_exists(now_is, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') then
    was := audit.redacted(was);
    now_is := audit.redacted(now_is);
  end if;
  if coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0) > 1048576 then
    was := audit.shortened(was);
    now_is := audit.shortened(now_is);
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, size, recording, always)
  values (case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' else (whole ->> tg_argv[0])::uuid end, tg_table_name,
          coalesce(several_keys, whole ->> tg_argv[3]), lower(tg_op), was, now_is, coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0), recording, always);
  return null;
end
$$;
