drop trigger finish on audit.pending;
comment on function audit.refuse(jsonb) is null;
drop function audit.append(uuid, jsonb, text, text, integer, text, text, integer, jsonb, boolean, boolean);
drop function audit.finish();

CREATE OR REPLACE FUNCTION audit.secret_names()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN 'hash|secret|token|sealed|password|content|private|billing_email|billing_address|tax_id|billed_to'::text
;

CREATE OR REPLACE FUNCTION audit.note()
 RETURNS jsonb
 LANGUAGE sql
 STABLE
RETURN COALESCE((NULLIF(current_setting('app.audit'::text, true), ''::text))::jsonb, jsonb_build_object('actorKind', 'system', 'actorName', SESSION_USER))
;

-- Empty, because it was not logged and no other transaction holds a row of it while this one has the lock.
alter table audit.pending set logged;
alter table audit.pending
  alter column relation drop not null,
  alter column operation drop not null,
  add column occurred_at timestamptz not null default clock_timestamp(),
  add column code text,
  add column times integer not null default 1,
  add column note jsonb not null default audit.note();

CREATE OR REPLACE FUNCTION audit.begin_erasing()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- Waits for the erasure of a person (audit.erase_person).
  lock table audit.erased_persons in row exclusive mode;
  -- Waits for refusals of the organization that are being written, and makes later ones wait (audit.refuse). Nothing is added to the chain meanwhile.
  insert into audit.heads (chain) values (old.id) on conflict do nothing;
  perform from audit.heads h where h.chain = old.id for update;
  insert into audit.erasing (organization_id) values (old.id) on conflict do nothing;
  return old;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.linked(previous bytea, contents text[])
 RETURNS bytea[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  hashes bytea[] := '{}';
  content text;
begin
  foreach content in array contents loop
    previous := sha256(previous || convert_to(content, 'UTF8'));
    hashes := hashes || previous;
  end loop;
  return hashes;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.chain(since xid8 DEFAULT '0'::xid8, of_chain uuid DEFAULT NULL::uuid)
 RETURNS TABLE(next xid8, more boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  most constant integer := 1000;
  -- Beyond the first rows nothing is looked at, so that many waiting rows do not make each call slower.
  last_looked_at constant xid8 := case when of_chain is null then (select p.xid from audit.pending p where p.xid >= since order by p.xid, p.position offset 5 * most limit 1) end;
  running constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  own constant xid8 := pg_current_xact_id_if_assigned();
  xids xid8[];
  homes uuid[];
  specials boolean[];
  -- The chains of each transaction, as text: an array has no arrays of different lengths.
  chains_of text[];
  chains uuid[];
  locked uuid[];
  -- The chains whose transactions are taken, or left.
  reached uuid[];
  kept integer[] := '{}';
  erased record;
begin
  -- The organization of a row that does not say it is the only one that the transaction has changed, or signed in to; otherwise the platform.
  select array_agg(t.xid order by t.last), array_agg(t.home order by t.last), array_agg(t.special order by t.last), array_agg(array(select distinct coalesce(c, t.home, nobody) from unnest(t.own) c)::text order by t.last)
    into xids, homes, specials, chains_of
    from (select p.xid, bool_or(signs_in or names_events) as special, max(p.position) as last, array_agg(p.chain) as own,
                 coalesce(case when min(p.chain::text) filter (where named) = max(p.chain::text) filter (where named) then min(p.chain::text) filter (where named) end,
                                 case when min(p.after ->> 'active_organization_id') filter (where signs_in) = max(p.after ->> 'active_organization_id') filter (where signs_in)
                                      then min(p.after ->> 'active_organization_id') filter (where signs_in) end)::uuid as home
            from audit.pending p
           cross join lateral (select p.relation = 'sessions' and p.operation = 'insert' as signs_in, p.relation in ('audit.actors', 'audit.details') as names_events, p.chain <> nobody and not p.concealed and p.relation not in ('users', 'platform_admins') as named) is_it
           where p.xid >= since and p.xid is distinct from own and (last_looked_at is null or p.xid <= last_looked_at)
           group by p.xid order by last limit case when of_chain is null then most end) t;
  if of_chain is not null then
    reached := array[of_chain];
    for n in reverse coalesce(cardinality(xids), 0) .. 1 loop
      if chains_of[n]::uuid[] && reached then
        if not chains_of[n]::uuid[] <@ reached then reached := reached || chains_of[n]::uuid[]; end if;
        kept := n || kept;
      end if;
    end loop;
    kept := kept[:most];
    select array_agg(xids[n] order by n), array_agg(homes[n] order by n), array_agg(specials[n] order by n), array_agg(chains_of[n] order by n) into xids, homes, specials, chains_of from unnest(kept) n;
  end if;
  next := running;
  more := coalesce(cardinality(xids), 0) = most or last_looked_at is not null;
  if xids is null then
    more := false;
    return next;
    return;
  end if;

  chains := array(select distinct c from unnest(chains_of) t (own) cross join lateral unnest(t.own::uuid[]) c);
  insert into audit.heads (chain) select c from unnest(chains) c where not exists (select from audit.heads h where h.chain = c) order by c on conflict do nothing;
  if of_chain is null then
    locked := array(select h.chain from audit.heads h where h.chain = any(chains) order by h.chain for update skip locked);
  else
    locked := array(select h.chain from audit.heads h where h.chain = any(chains) order by h.chain for update);
  end if;
  if cardinality(locked) < cardinality(chains) then
    next := null;
    reached := array(select c from unnest(chains) c where c <> all(locked));
    kept := '{}';
    for n in 1 .. cardinality(xids) loop
      if chains_of[n]::uuid[] && reached then
        if not chains_of[n]::uuid[] <@ reached then reached := reached || chains_of[n]::uuid[]; end if;
      else
        kept := kept || n;
      end if;
    end loop;
    select array_agg(xids[n] order by n), array_agg(homes[n] order by n), array_agg(specials[n] order by n) into xids, homes, specials from unnest(kept) n;
    if xids is null then
      more := false;
      return next;
      return;
    end if;
  end if;

  for erased in
    with transactions as materialized (
      select t.xid, t.home, t.special and exists (select from audit.pending p where p.xid = t.xid and p.relation in ('audit.actors', 'audit.details')) as erases_person,
             array(select e.organization_id from audit.erasing e where e.xid = t.xid) as erases,
             -- In a sign-in or sign-up, the actor is the user of the new session.
             case when t.special then (select jsonb_build_object('actorKind', 'user', 'actorId', p.after ->> 'user_id') from audit.pending p where p.xid = t.xid and p.relation = 'sessions' and p.operation = 'insert' limit 1) end as signed_in
        from unnest(xids, homes, specials) as t (xid, home, special)
    ), taken as (
      delete from audit.pending p using unnest(xids) as t (xid) where p.xid = t.xid returning p.*
    ), listed as (
      select coalesce(p.chain, t.home, nobody) as into_chain, t.home, t.erases, t.signed_in, p.*, row_number() over w as n,
             -- The event of a transaction that erases a person or an organization lists its rows without their content, which would put back the erased data.
             coalesce(p.relation in ('audit.actors', 'audit.details'), false) as names_events,
             sum(p.size) over w <= 1048576 and not t.erases_person and coalesce(p.chain, t.home, nobody) <> all(t.erases) as has_content
        from taken p join transactions t on t.xid = p.xid
      window w as (partition by coalesce(p.chain, t.home, nobody), p.xid, case when p.code is not null then p.position end order by p.position)
    ), told as (
      select l.into_chain as chain, max(l.position) as position, max(l.occurred_at) as occurred_at, l.code, max(l.times) as times, count(*) filter (where l.code is null)::integer as changes,
             min(l.relation) filter (where l.n = 1) as target_table, left(min(l.row_id) filter (where l.n = 1), 300) as target_id,
             (array_agg(l.recording order by l.position desc) filter (where l.recording is not null))[1] as recording, bool_or(l.always) as always, bool_or(l.into_chain = any(l.erases)) as erases,
             coalesce(jsonb_agg(jsonb_build_object('table', l.relation, 'id', l.row_id, 'operation', l.operation, 'before', case when l.has_content or l.names_events then l.before end,
                                                   'after', case when l.has_content or l.names_events then l.after end) order by l.position)
                        filter (where l.code is null and (l.n <= 1000 or l.names_events)), '[]') as details,
             case when bool_and(l.concealed) and l.into_chain is distinct from l.home and (array_agg(l.note order by l.position desc))[1] ->> 'actorKind' in ('user', 'anonymous')
                  then jsonb_build_object('actorKind', 'anonymous', 'action', (array_agg(l.note order by l.position desc))[1] -> 'action')
                  else (array_agg(case when l.note ->> 'actorKind' = 'anonymous' then l.note || coalesce(l.signed_in, '{}') else l.note end order by l.position desc))[1] end as note
        from listed l
       group by l.into_chain, l.home, l.xid, l.code, case when l.code is not null then l.position end
    ), decided as (
      select e.*, h.sequence as last_sequence, h.occurred_at as last_time, h.hash as last_hash, case when e.note ->> 'actorKind' in ('user', 'key', 'operator', 'job', 'system', 'anonymous') then e.note ->> 'actorKind' else 'system' end as actor_kind,
             -- As the last event before it has set it.
             coalesce(max(e.position * 2 + e.recording::integer) over (partition by e.chain order by e.position rows between unbounded preceding and 1 preceding) % 2 = 1, h.recording) as records
        from told e join audit.heads h on h.chain = e.chain
    ), numbered as materialized (
      select d.*, gen_random_uuid() as id, uuid_send(gen_random_uuid()) as actor_salt, uuid_send(gen_random_uuid()) as details_salt, row_number() over w as n,
             greatest(d.last_time, max(d.occurred_at) over w)::timestamptz(3) as at, left(d.note ->> 'requestId', 200) as request_id, left(d.note ->> 'actorId', 200) as actor_id,
             left(coalesce(d.note ->> 'action', 'sql'), 200) as action, left(d.note ->> 'actorName', 1000) as actor_name, left(d.note ->> 'ip', 100) as ip, left(d.note ->> 'userAgent', 1000) as user_agent
        from decided d where d.records or d.always or d.actor_kind = 'operator'
      window w as (partition by d.chain order by d.position)
    ), hashed as materialized (
      select n.*, n.last_sequence + n.n as sequence, sha256(n.actor_salt || convert_to(jsonb_build_array(n.actor_name, n.ip, n.user_agent)::text, 'UTF8')) as actor_hash,
             sha256(n.details_salt || convert_to(n.details::text, 'UTF8')) as details_hash
        from numbered n
    ), links as materialized (
      select c.chain, l.n, l.hash, lag(l.hash, 1, c.last_hash) over (partition by c.chain order by l.n) as previous_hash, l.n = c.events as is_last
        from (select e.chain, e.last_hash, count(*) as events, array_agg(jsonb_build_array(
                       nullif(e.chain, nobody)::text, e.id::text, e.sequence::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                       e.request_id, e.actor_kind, e.actor_id, e.action, case when e.code is null then 'done' else 'refused' end, e.code, e.times::text, e.target_table, e.target_id,
                       e.changes::text, encode(e.actor_hash, 'hex'), encode(e.details_hash, 'hex'))::text order by e.n) as contents
                from hashed e group by e.chain, e.last_hash) c
       cross join lateral unnest(audit.linked(c.last_hash, c.contents)) with ordinality as l (hash, n)
    ), added as (
      insert into audit.events (organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, code, times, target_table, target_id, changes,
                                actor_hash, details_hash, previous_hash, hash, actor_salt, actor_name, ip, user_agent, details_salt, details)
      select nullif(e.chain, nobody), e.id, e.sequence, e.at, e.request_id, e.actor_kind, e.actor_id, e.action, case when e.code is null then 'done' else 'refused' end, e.code, e.times,
             e.target_table, e.target_id, e.changes, e.actor_hash, e.details_hash, l.previous_hash, l.hash, e.actor_salt, e.actor_name, e.ip, e.user_agent, e.details_salt, e.details
        from hashed e join links l on l.chain = e.chain and l.n = e.n
    ), moved as (
      update audit.heads h
         set (sequence, occurred_at, previous_hash, hash) = (e.sequence, e.at, l.previous_hash, l.hash),
             recording = coalesce((select (array_agg(r.recording order by r.n desc))[1] from hashed r where r.chain = h.chain and r.recording is not null), h.recording)
        from links l join hashed e on e.chain = l.chain and e.n = l.n
       where l.is_last and h.chain = l.chain
    )
    select e.chain, e.sequence from hashed e where e.erases
  loop
    -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
    update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null, details_salt = null, details = null
     where e.organization_id = erased.chain and e.sequence < erased.sequence;
    update audit.heads h set erased_at = clock_timestamp() where h.chain = erased.chain;
  end loop;
  delete from audit.erasing e using unnest(xids) as t (xid) where e.xid = t.xid;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.home(note jsonb)
 RETURNS uuid
 LANGUAGE sql
 STABLE
RETURN (COALESCE(CASE WHEN pg_has_role(SESSION_USER, 'tenantry_platform'::name, 'usage'::text) THEN NULLIF((note ->> 'organizationId'::text), ''::text) ELSE NULL::text END, NULLIF(current_setting('app.current_organization_id'::text, true), ''::text)))::uuid
;

CREATE OR REPLACE FUNCTION audit.conceal(users uuid[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
update audit.pending p set concealed = true
 where p.xid = pg_current_xact_id() and p.chain is distinct from audit.home(audit.note())
   and exists (select from jsonb_each_text(coalesce(p.before, '{}') || jsonb_build_object('row_id', p.row_id)) v join unnest(conceal.users) u on position(u::text in v.value) > 0)
$function$
;

CREATE OR REPLACE FUNCTION audit.names_person(relation text, row_id text, before jsonb, after jsonb, user_ids text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (((relation = 'users'::text) AND (row_id = ANY (user_ids)) AND (num_nonnulls(before, after) > 0)) OR ((before ->> 'user_id'::text) = ANY (user_ids)) OR ((after ->> 'user_id'::text) = ANY (user_ids)))
;

CREATE OR REPLACE FUNCTION audit.erase_person(user_ids text[], addresses text[])
 RETURNS TABLE(actors bigint, details bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  -- A whole address: `ann@example.com` is not a part of `joann@example.com`.
  named constant text[] := array(
    select '(?<![a-z0-9._%+-])' || regexp_replace(lower(a), '[^[:alnum:]@]', '\\\&', 'g') || '(?![a-z0-9-]|[.][a-z0-9])' from unnest(addresses) a where a like '_%@_%');
  waiting_actors bigint;
  waiting_details bigint;
begin
  -- Waits for refusals that are being written (audit.refuse), and makes later ones wait until this transaction ends.
  lock table audit.erased_persons in share row exclusive mode;
  update audit.pending p set note = p.note - '{actorName,ip,userAgent}'::text[]
   where p.note ->> 'actorId' = any(user_ids) or lower(p.note ->> 'actorName') ~ any(named);
  get diagnostics waiting_actors = row_count;
  update audit.pending p set before = null, after = null
   where audit.names_person(p.relation, p.row_id, p.before, p.after, user_ids) or lower(p.before::text) ~ any(named) or lower(p.after::text) ~ any(named);
  get diagnostics waiting_details = row_count;
  update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null
   where e.actor_salt is not null and (e.actor_id = any(user_ids) or lower(e.actor_name) ~ any(named));
  get diagnostics actors = row_count;
  actors := actors + waiting_actors;
  update audit.events e set details_salt = null, details = null
   where lower(e.details::text) ~ any(named)
      or exists (select from jsonb_array_elements(e.details) c where audit.names_person(c ->> 'table', c ->> 'id', nullif(c -> 'before', 'null'), nullif(c -> 'after', 'null'), user_ids));
  get diagnostics details = row_count;
  details := details + waiting_details;
  delete from audit.erased_persons p where p.erased_at < clock_timestamp() - interval '30 days';
  insert into audit.erased_persons (person, erased_at)
  select u, clock_timestamp() from unnest(user_ids) u
  union select encode(sha256(convert_to(lower(a), 'UTF8')), 'hex'), clock_timestamp() from unnest(addresses) a
  on conflict (person) do update set erased_at = excluded.erased_at;
  return next;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.is_secret(name text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((name ~ audit.secret_names()) AND (name !~ '_(at|days|attempts|enabled|required)$'::text))
;

CREATE OR REPLACE FUNCTION audit.keep_pending()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  erasable constant text[] := '{note,before,after}';
begin
  if to_jsonb(new) - erasable - 'concealed' = to_jsonb(old) - erasable - 'concealed' and new.concealed >= old.concealed
    and new.note - '{actorName,ip,userAgent}'::text[] = old.note - '{actorName,ip,userAgent}'::text[] and old.note @> new.note
    and (num_nonnulls(new.before, new.after) = 0 or (new.before, new.after) is not distinct from (old.before, old.after))
  then
    return new;
  end if;
  raise exception 'An audit event cannot be changed' using errcode = '42501';
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
          case when coalesce(note ->> 'actorKind', 'system') in ('user', 'key', 'operator', 'job', 'system', 'anonymous') then note end);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.record_change(organization uuid, of_table text, row_id text, before jsonb, after jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
insert into audit.pending (chain, relation, row_id, operation, before, after)
values (coalesce(organization, audit.home(audit.note())), of_table, row_id, case when before is null then 'insert' when after is null then 'delete' else 'update' end, before, after)
$function$
;

CREATE OR REPLACE FUNCTION audit.record_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into audit.pending (chain, relation, row_id, operation, before, always)
  select coalesce(b.organization_id, '00000000-0000-0000-0000-000000000000'), part.name, min(b.id::text), 'delete', jsonb_build_object('sequences', jsonb_agg(b.sequence order by b.sequence)), true
    from before b join after a on a.id = b.id
   cross join lateral (values ('audit.actors', b.actor_salt, a.actor_salt), ('audit.details', b.details_salt, a.details_salt)) as part (name, salt_before, salt_after)
   where part.salt_before is not null and part.salt_after is null
     and not exists (select from audit.erasing e where e.organization_id = b.organization_id)
   group by b.organization_id, part.name order by part.name, b.organization_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.refuse(refusals jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  each record;
  erased timestamptz;
  note jsonb;
begin
  lock table audit.erased_persons in row exclusive mode;
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times,
           statement_timestamp() - make_interval(secs => coalesce((value ->> 'waited')::float8, 0) / 1000) as since, value - 'code' - 'times' - 'waited' as note
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    -- Waits for the erasure of the organization (audit.begin_erasing).
    insert into audit.heads (chain) select each.chain where not exists (select from audit.heads h where h.chain = each.chain) on conflict do nothing;
    select h.erased_at into erased from audit.heads h where h.chain = each.chain for update;
    note := each.note;
    if erased >= each.since or exists (select from audit.erasing e where e.organization_id = each.chain) or exists (
      select from audit.erased_persons p
       where p.erased_at >= each.since and p.person in (note ->> 'actorId', encode(sha256(convert_to(lower(note ->> 'actorName'), 'UTF8')), 'hex'))
    ) then
      note := note - '{actorName,ip,userAgent}'::text[];
    end if;
    insert into audit.pending (chain, code, times, note) values (each.chain, each.code, each.times, note);
  end loop;
end
$function$
;

CREATE TRIGGER keep BEFORE UPDATE ON audit.pending FOR EACH ROW EXECUTE FUNCTION audit.keep_pending();
create policy platform on audit.pending for select to tenantry_platform using (true);
grant select on table audit.pending to tenantry_platform;
comment on function audit.refuse(jsonb) is 'Records refused requests: an array of {organizationId, code, times, waited, ...note}; `waited` in milliseconds.';

grant execute on function audit.chain(xid8, uuid) to tenantry_platform;
comment on function audit.chain(xid8, uuid) is 'Turns the rows of audit.pending into events and adds them to the chains: one event for each transaction and organization, and for each refusal.';
comment on function audit.home(jsonb) is 'Returns the organization of the request; null when there is none. Changes of rows that belong to no organization (users, sessions) are recorded in it.';
comment on function audit.keep_pending() is 'Trigger: refuses an update of a row that is not in a chain yet, except to conceal who changed it, and to erase a person from it.';
comment on function audit.linked(bytea, text[]) is 'Returns the hash of each content, of which each is computed from the hash before it; the first from `previous`.';
comment on function audit.names_person(text, text, jsonb, jsonb, text[]) is 'Reports whether a changed row has the content of a user, or names the user as its `user_id`.';
comment on function audit.note() is 'Returns who does what: the note that the request sent, or the role of the database.';
comment on function audit.secret_names() is 'Returns the pattern of the names of secrets: of a column, or of a key of a JSON document.';
