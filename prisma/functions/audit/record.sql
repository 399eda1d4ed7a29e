-- Trigger: writes one changed row to audit.pending.
-- execute: owner
--
-- Arguments, which audit.watch() writes: 1. the column with the organization's id, `platform` for a row of the platform, '' for a row that
-- belongs to the organization whose work changed it (users, sessions); 2. the columns that are left out; 3. the columns that hold no
-- secret, by their names and types; 4. the key column. If they are needed, a fifth has the rows that are always recorded; the key columns
-- follow if there are several, and then, as an array, the columns that are masked, by their names and types.
--
-- Values of other columns, such as documents, are taken apart only when their row has the name of a secret in its text (audit.secret_names), or a
-- value that begins as a bytea does. A column that no argument names is masked by its name at run time: a column that was added since is recorded, too. So is
-- every value that only a document or a bytea can be: the type of a column may have changed since. The values of a row of more than 1 MB are shortened.
--
-- Loops instead of queries: PL/pgSQL prepares a query again in each transaction, which takes longer than to run it. `plan_cache_mode`: it would
-- otherwise also plan its expressions again for the documents of each row.
create function audit.record() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  as $$
declare
  note jsonb := audit.note();
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
    -- In a sign-in or sign-up, nobody is known before: the actor is the user of the new session.
    if tg_table_name = 'sessions' and note ->> 'actorKind' = 'anonymous' then
      note := note || coalesce((select jsonb_build_object('actorKind', 'user', 'actorId', u.id, 'actorName', u.name || coalesce(' <' || u.email || '>', ''))
                                  from public.users u where u.id = new.user_id), '{}');
    end if;
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
$$;
