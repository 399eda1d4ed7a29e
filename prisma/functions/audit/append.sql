-- Appends an event to the chain of an organization, unless the organization does not record.
-- execute: owner
--
-- Acts of operators are recorded also then, and changes of rows that are always recorded (audit.watch). `recording` is the new
-- value of auditLogsEnabled when this event sets it. One statement, because each statement and each variable of PL/pgSQL costs as much as
-- an index. When another event was added while it waited for the head, PostgreSQL computes the new head again from that event.
create function audit.append(
  chain uuid, context jsonb, outcome text, code text, times integer, target_table text, target_id text, changes integer, listed jsonb, recording boolean, always boolean
) returns void
  language plpgsql
  as $$
begin
  for attempt in 1 .. 2 loop
    with head as (
      update audit.heads h
         set (sequence, occurred_at, previous_hash, hash) = (
               select h.sequence + 1, now_is.at, h.hash, sha256(h.hash || convert_to(jsonb_build_array(
                        nullif(append.chain, '00000000-0000-0000-0000-000000000000')::text, g.id::text, (h.sequence + 1)::text, to_char(now_is.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                        g.request_id, g.actor_kind, g.actor_id, g.action, append.outcome, append.code, append.times::text, append.target_table, g.target_id,
                        append.changes::text, encode(g.actor_hash, 'hex'), encode(g.details_hash, 'hex'))::text, 'UTF8'))
                 from (select greatest(clock_timestamp(), h.occurred_at)::timestamptz(3) as at offset 0) now_is),
             recording = coalesce(append.recording, h.recording)
        from (select p.*, sha256(p.actor_salt || convert_to(jsonb_build_array(p.actor_name, p.ip, p.user_agent)::text, 'UTF8')) as actor_hash,
                     sha256(p.details_salt || convert_to(append.listed::text, 'UTF8')) as details_hash
                from (select gen_random_uuid() as id, left(context ->> 'requestId', 200) as request_id,
                             case when context ->> 'actorKind' is null then 'system'
                                  when context ->> 'actorKind' in ('user', 'key', 'operator', 'job', 'system', 'anonymous') then context ->> 'actorKind' end as actor_kind,
                             left(context ->> 'actorId', 200) as actor_id, left(coalesce(context ->> 'action', 'sql'), 200) as action,
                             left(append.target_id, 300) as target_id, uuid_send(gen_random_uuid()) as actor_salt,
                             coalesce(left(context ->> 'actorName', 1000), case when context is null then session_user end) as actor_name,
                             left(context ->> 'ip', 100) as ip, left(context ->> 'userAgent', 1000) as user_agent, uuid_send(gen_random_uuid()) as details_salt offset 0) p offset 0) g
       where h.chain = append.chain and (h.recording or append.always or g.actor_kind = 'operator')
      returning h.sequence, h.occurred_at, h.previous_hash, h.hash, g.*)
    insert into audit.events (organization_id, id, sequence, occurred_at, request_id, actor_kind, actor_id, action, outcome, code, times, target_table, target_id, changes,
                              actor_hash, details_hash, previous_hash, hash, actor_salt, actor_name, ip, user_agent, details_salt, details)
    select nullif(append.chain, '00000000-0000-0000-0000-000000000000'), e.id, e.sequence, e.occurred_at, e.request_id, e.actor_kind, e.actor_id, e.action, append.outcome, append.code, append.times,
           append.target_table, e.target_id, append.changes, e.actor_hash, e.details_hash, e.previous_hash, e.hash, e.actor_salt, e.actor_name, e.ip, e.user_agent, e.details_salt, append.listed
      from head e;
    exit when found;
    -- The first event of its chain, or one that is not recorded.
    insert into audit.heads (chain) values (append.chain) on conflict do nothing;
  end loop;
end
$$;
