CREATE OR REPLACE FUNCTION app.access_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  -- The other documents decide nothing; the replicas only drop what they have cached of them.
  if tg_table_name = 'settings_documents' then
    if (case tg_op when 'DELETE' then old.section else new.section end) not in ('settings', 'features', 'security', 'compliance') then
      perform pg_notify('tenantry_organization', changed::text);
      return null;
    end if;
  end if;
  perform app.raise_access_version(changed);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.finish()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  context jsonb := nullif(current_setting('app.audit', true), '')::jsonb;
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  erased uuid[];
  -- The event of a transaction that erases a person lists its rows without their content, which would put back the erased data.
  erases_person boolean;
  home uuid;
  unknown jsonb;
  -- Assigned, because `perform` is a statement of its own.
  written text;
  each record;
begin
  -- The only change of the transaction, as of most requests: no later row was added in this session, and the call for an earlier one would have removed this one.
  if new.position = currval('audit.pending_position_seq') and new.chain is not null and new.relation <> 'organizations' then
    delete from audit.pending p where p.xid = new.xid and p.position = new.position and not p.concealed;
    if found then
      written := audit.append(new.chain, context, 'done', null, 1, new.relation, new.row_id, 1,
        jsonb_build_array(jsonb_build_object('table', new.relation, 'id', new.row_id, 'operation', new.operation, 'before', new.before, 'after', new.after)), new.recording, new.always);
      return null;
    end if;
  end if;
  -- The call for the first row writes the events of the whole transaction.
  if not exists (select from audit.pending p where p.xid = new.xid and p.position = new.position) then return null; end if;
  -- Rows that belong to no organization (users, sessions) are recorded in the organization of the request; otherwise in
  -- the only organization that was changed, or signed in to; otherwise on the platform.
  -- The note of the application role does not choose the organization.
  home := coalesce(case when pg_has_role(session_user, 'tenantry_platform', 'usage') then nullif(context ->> 'organizationId', '') end,
                   nullif(current_setting('app.current_organization_id', true), ''))::uuid;
  if home is null then
    select case when count(distinct p.chain) = 1 then min(p.chain::text)::uuid end into home
      from audit.pending p where p.xid = new.xid and p.chain <> nobody and not p.concealed and p.relation not in ('users', 'platform_admins');
  end if;
  if home is null then
    select case when count(distinct p.after ->> 'active_organization_id') = 1 then min(p.after ->> 'active_organization_id')::uuid end
      into home from audit.pending p where p.xid = new.xid and p.relation = 'sessions' and p.operation = 'insert';
  end if;
  -- In a sign-in or sign-up, the actor is the user of the new session.
  if context ->> 'actorKind' = 'anonymous' then
    context := context || coalesce((
      select jsonb_build_object('actorKind', 'user', 'actorId', p.after ->> 'user_id')
        from audit.pending p where p.xid = new.xid and p.relation = 'sessions' and p.operation = 'insert' limit 1), '{}');
  end if;
  unknown := jsonb_build_object('actorKind', 'anonymous', 'action', context ->> 'action');
  erases_person := exists (select from audit.pending p where p.xid = new.xid and p.relation in ('audit.actors', 'audit.details'));
  erased := array(select e.organization_id from audit.erasing e where e.xid = new.xid);
  for each in
    with taken as (delete from audit.pending p where p.xid = new.xid returning p.*)
    select r.chain, count(*)::integer as changes, min(r.relation) filter (where r.n = 1) as target_table, min(r.row_id) filter (where r.n = 1) as target_id,
           (array_agg(r.recording order by r.position desc) filter (where r.recording is not null))[1] as recording, bool_or(r.always) as always, bool_and(r.concealed) as concealed,
           jsonb_agg(jsonb_build_object('table', r.relation, 'id', r.row_id, 'operation', r.operation,
             'before', case when r.listed then r.before end, 'after', case when r.listed then r.after end) order by r.position)
             filter (where r.n <= 1000 or r.relation in ('audit.actors', 'audit.details')) as listed
      from (select coalesce(p.chain, home, nobody) as chain, p.relation, p.row_id, p.operation, p.before, p.after, p.recording, p.always, p.position, p.concealed and p.chain is not null as concealed,
                   p.relation in ('audit.actors', 'audit.details')
                     or (sum(p.size) over (partition by coalesce(p.chain, home, nobody) order by p.position) <= 1048576 and not (erases_person or coalesce(p.chain, home) = any(erased))) as listed,
                   row_number() over (partition by coalesce(p.chain, home, nobody) order by p.position) as n
              from taken p) r
     group by r.chain order by r.chain
  loop
    written := audit.append(each.chain, case when each.concealed and each.chain is distinct from home and context ->> 'actorKind' in ('user', 'anonymous') then unknown else context end, 'done', null, 1, each.target_table, each.target_id, each.changes, each.listed, each.recording, each.always);
  end loop;
  -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
  if cardinality(erased) > 0 then
    update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null, details_salt = null, details = null
      from audit.heads h where h.chain = any(erased) and e.organization_id = h.chain and e.sequence < h.sequence;
    update audit.heads h set erased_at = clock_timestamp() where h.chain = any(erased);
    delete from audit.erasing e where e.xid = new.xid;
  end if;
  return null;
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
$function$
;
