-- Turns the rows of audit.pending into events and adds them to the chains: one event for each transaction and organization, and for each refusal.
-- execute: tenantry_platform
--
-- `since`: what an earlier call returned, or 0 for all rows. `of_chain`: only the transactions of this chain; waits for another call that extends it.
-- Without it, transactions whose chain another call extends are left to that call.
--
-- A transaction may belong to several chains. It is never added to one before another transaction of the same chain that made its last change earlier: with it, those
-- are taken. A transaction that must wait holds up the later ones of its chains.
--
-- Returns whether to call it again at once, and otherwise the transaction before which nothing waits; null when transactions were left to another call.
-- Transactions are seen when they have committed, in whatever order that happens: that one is the oldest that was running, so that the next call sees what
-- commits late.
--
-- The lock of a head puts the events of a chain in order. A row is deleted in the statement that adds its event, so none is added twice, or lost.
-- Plans may not scan the table: their estimates are from a moment when it was empty.
create function audit.chain(since xid8 default '0', of_chain uuid default null) returns table (next xid8, more boolean)
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set enable_seqscan = off
  set max_parallel_workers_per_gather = 0
  set plan_cache_mode = force_generic_plan
  as $$
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

  -- In the order in which audit.erase_person() locks them, as the events below.
  perform from audit.pending p where p.xid = any(xids) order by p.xid, p.position for update;
  for erased in
    with transactions as materialized (
      select t.xid, t.home, t.special and exists (select from audit.pending p where p.xid = t.xid and p.relation in ('audit.actors', 'audit.details')) as erases_person,
             array(select e.organization_id from audit.erasing e where e.xid = t.xid) as erases,
             -- In a sign-in or sign-up, the actor is the user of the new session, whose row names them (audit.record).
             case when t.special then (select jsonb_build_object('actorKind', 'user', 'actorId', coalesce(p.note ->> 'actorId', p.after ->> 'user_id'), 'actorName', p.note ->> 'actorName')
                                         from audit.pending p where p.xid = t.xid and p.relation = 'sessions' and p.operation = 'insert' limit 1) end as signed_in
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
      select e.*, h.sequence as last_sequence, h.occurred_at as last_time, h.hash as last_hash, case when e.note ->> 'actorKind' in ('user', 'key', 'service', 'operator', 'job', 'system', 'anonymous') then e.note ->> 'actorKind' else 'system' end as actor_kind,
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
    select e.chain, e.sequence from hashed e where e.erases order by e.chain
  loop
    -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
    perform from audit.events e where e.organization_id = erased.chain and e.sequence < erased.sequence order by e.sequence for update;
    update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null, details_salt = null, details = null
     where e.organization_id = erased.chain and e.sequence < erased.sequence;
    update audit.heads h set erased_at = clock_timestamp() where h.chain = erased.chain;
  end loop;
  delete from audit.erasing e using unnest(xids) as t (xid) where e.xid = t.xid;
  return next;
end
$$;
