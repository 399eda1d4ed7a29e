-- Trigger: writes one changed row to audit.pending.
-- execute: owner
--
-- Arguments, which audit.watch() writes: 1. the column with the organization's id, `platform` for a row of the platform, '' for a row that
-- belongs to the organization whose work changed it (users, sessions); 2. the columns that are left out; 3. the columns that hold no
-- secret, by their names and types; 4. the key column. A fifth argument has the rows that are always recorded, and the key columns follow
-- if there are several.
--
-- A row is masked when its text contains what could be a secret (audit.secret_names), or begins a value as a bytea does: documents are taken apart only then.
-- A column that no argument names is masked by its name at run time: a column that was added since is recorded, too. So is every value that
-- only a document or a bytea can be: the type of a column may have changed since. The values of a row of more than 1 MB are shortened.
--
-- Loops instead of queries: PL/pgSQL prepares a query again in each transaction, which takes longer than to run it. `plan_cache_mode`: it would
-- otherwise also plan its expressions again for the documents of each row.
create function audit.record() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  as $$
declare
  whole constant jsonb := coalesce(to_jsonb(new), to_jsonb(old)) - tg_argv[1]::text[];
  note constant jsonb := audit.note();
  was jsonb;
  now_is jsonb := whole;
  row_id text := whole ->> tg_argv[3];
  same text[];
  recording boolean;
  always boolean := false;
  name text;
  bytes integer;
begin
  if tg_op = 'UPDATE' then
    was := to_jsonb(old) - tg_argv[1]::text[];
    -- Nothing changed that is recorded, as when a trigger increments an access version.
    if was = now_is then return null; end if;
    same := array(select b.key from jsonb_each(was) b where now_is -> b.key = b.value);
  elsif tg_op = 'DELETE' then
    was := whole;
    now_is := null;
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
    if tg_nargs > 5 then
      row_id := null;
      for n in 5 .. tg_nargs - 1 loop row_id := concat_ws('/', row_id, whole ->> tg_argv[n]); end loop;
    end if;
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
  if concat(was, now_is) ~ (audit.secret_names() || '|"\\\\x') then
    if coalesce(now_is, was) - tg_argv[2]::text[] <> '{}' then
      was := was || audit.redacted(was - tg_argv[2]::text[]);
      now_is := now_is || audit.redacted(now_is - tg_argv[2]::text[]);
    end if;
    if jsonb_path_exists(was, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') or jsonb_path_exists(now_is, '$.*[*] ? (@.type() == "object" || @ starts with "\\x")') then
      was := audit.redacted(was);
      now_is := audit.redacted(now_is);
    end if;
  end if;
  bytes := coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0);
  if bytes > 1048576 then
    was := audit.shortened(was);
    now_is := audit.shortened(now_is);
    bytes := coalesce(pg_column_size(was), 0) + coalesce(pg_column_size(now_is), 0);
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, size, recording, always, note)
  values (case tg_argv[0] when '' then audit.home(note) when 'platform' then '00000000-0000-0000-0000-000000000000' else (whole ->> tg_argv[0])::uuid end, tg_table_name,
          row_id, lower(tg_op), was, now_is, bytes, recording, always,
          case when coalesce(note ->> 'actorKind', 'system') in ('user', 'key', 'service', 'operator', 'job', 'system', 'anonymous') then note end);
  return null;
end
$$;
