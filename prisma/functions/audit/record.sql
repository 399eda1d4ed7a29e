-- Trigger: writes one changed row to audit.pending.
-- execute: owner
--
-- Arguments: 1. the column with the organization's id, `platform` for a row of the platform, '' for a row that belongs to
-- the organization whose work changed it (users, sessions); 2. the key columns; 3. the columns that are left out; 4. the rows
-- that are always recorded (audit.watch).
create function audit.record() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  was jsonb;
  now_is jsonb;
  whole jsonb;
  chain uuid;
  recording boolean;
  always boolean := false;
  -- The address that an account wants to have is not for the readers of an organization's log. The change to it is recorded.
  left_out constant text[] := tg_argv[2]::text[] || case when tg_table_name = 'user_tokens' then array['email'] end;
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then now_is := to_jsonb(new); end if;
  whole := coalesce(now_is, was);
  chain := case tg_argv[0] when 'platform' then '00000000-0000-0000-0000-000000000000' when '' then null else (whole ->> tg_argv[0])::uuid end;
  -- Rows that are deleted with their organization are not recorded: the event of the organization is enough.
  if tg_op = 'DELETE' and tg_table_name <> 'organizations' and audit.is_erasing(chain) then return null; end if;
  if tg_table_name = 'settings_documents' then
    if now_is ->> 'section' = 'security' then recording := coalesce((now_is -> 'document' ->> 'auditLogsEnabled')::boolean, true);
    elsif was ->> 'section' = 'security' then recording := true;
    end if;
  end if;
  if tg_argv[3] <> '{}' then
    always := exists (
      select from unnest(tg_argv[3]::text[]) rule
       where rule in ('*', lower(tg_op))
          or (rule like '%=*' and num_nonnulls(was ->> rtrim(rule, '=*'), now_is ->> rtrim(rule, '=*')) > 0)
          or split_part(rule, '=', 2) in (was ->> split_part(rule, '=', 1), now_is ->> split_part(rule, '=', 1)));
  end if;
  was := was - left_out;
  now_is := now_is - left_out;
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, now_is -> b.key) into was, now_is
      from jsonb_each(was) b where now_is -> b.key is distinct from b.value;
    if was is null then return null; end if;
  end if;
  insert into audit.pending (chain, relation, row_id, operation, before, after, recording, always)
  values (chain, tg_table_name, (select string_agg(whole ->> each.name, '/' order by each.n) from unnest(tg_argv[1]::text[]) with ordinality as each (name, n)),
          lower(tg_op), audit.redacted(was), audit.redacted(now_is), recording, always);
  return null;
end
$$;
