-- Erases the actors and the changes of the events that name a person; returns how many of each.
-- execute: tenantry_platform
--
-- The only way to erase a part of an event of an organization that remains. The triggers of audit.record_erasure() record what it erases.
-- Rows that are not in a chain yet are erased first: it waits for a call of audit.chain() that takes one of them, and then finds its event.
create function audit.erase_person(user_ids text[], addresses text[]) returns table (actors bigint, details bigint)
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  -- A whole address: `ann@example.com` is not a part of `joann@example.com`.
  named constant text[] := array(
    select '(?<![a-z0-9._%+-])' || regexp_replace(lower(a), '[^[:alnum:]@]', '\\\&', 'g') || '(?![a-z0-9-]|[.][a-z0-9])' from unnest(addresses) a where a like '_%@_%');
  waiting_actors bigint;
  waiting_details bigint;
  -- The events, and which of their parts name the person.
  places tid[];
  have_actor boolean[];
  have_details boolean[];
begin
  -- Waits for refusals that are being written (audit.refuse), and makes later ones wait until this transaction ends.
  lock table audit.erased_persons in share row exclusive mode;
  -- Locks rows in the order in which audit.chain() and audit.remove_expired() do: those that wait by transaction and position, then events by chain and sequence.
  with found as materialized (
    select p.xid, p.position, w.in_actor, w.in_details
      from audit.pending p
     cross join lateral (select coalesce(p.note ->> 'actorId' = any(user_ids), false) or coalesce(lower(p.note ->> 'actorName') ~ any(named), false) as in_actor,
                                coalesce(audit.names_person(p.relation, p.row_id, p.before, p.after, user_ids), false)
                                  or coalesce(lower(p.before::text) ~ any(named), false) or coalesce(lower(p.after::text) ~ any(named), false) as in_details) w
     where w.in_actor or w.in_details order by p.xid, p.position for update of p
  ), erased as (
    update audit.pending p
       set note = case when f.in_actor then p.note - '{actorName,ip,userAgent}'::text[] else p.note end,
           before = case when not f.in_details then p.before end, after = case when not f.in_details then p.after end
      from found f where p.xid = f.xid and p.position = f.position
    returning f.in_actor, f.in_details
  )
  select count(*) filter (where e.in_actor), count(*) filter (where e.in_details) into waiting_actors, waiting_details from erased e;
  with found as materialized (
    select e.ctid as place, w.in_actor, w.in_details
      from audit.events e
     cross join lateral (select e.actor_salt is not null and (coalesce(e.actor_id = any(user_ids), false) or coalesce(lower(e.actor_name) ~ any(named), false)) as in_actor,
                                coalesce(lower(e.details::text) ~ any(named), false) or exists (
                                  select from jsonb_array_elements(e.details) c
                                   where audit.names_person(c ->> 'table', c ->> 'id', nullif(c -> 'before', 'null'), nullif(c -> 'after', 'null'), user_ids)) as in_details) w
     where w.in_actor or w.in_details order by coalesce(e.organization_id, '00000000-0000-0000-0000-000000000000'), e.sequence for update of e
  )
  select array_agg(f.place), array_agg(f.in_actor), array_agg(f.in_details), waiting_actors + count(*) filter (where f.in_actor), waiting_details + count(*) filter (where f.in_details)
    into places, have_actor, have_details, actors, details from found f;
  -- In one statement, so that the erasure is recorded once.
  update audit.events e
     set actor_salt = case when not f.in_actor then e.actor_salt end, actor_name = case when not f.in_actor then e.actor_name end, ip = case when not f.in_actor then e.ip end,
         user_agent = case when not f.in_actor then e.user_agent end, details_salt = case when not f.in_details then e.details_salt end, details = case when not f.in_details then e.details end
    from unnest(places, have_actor, have_details) f (place, in_actor, in_details) where e.ctid = f.place;
  delete from audit.erased_persons p where p.erased_at < clock_timestamp() - interval '30 days';
  insert into audit.erased_persons (person, erased_at)
  select u, clock_timestamp() from unnest(user_ids) u
  union select encode(sha256(convert_to(lower(a), 'UTF8')), 'hex'), clock_timestamp() from unnest(addresses) a
  on conflict (person) do update set erased_at = excluded.erased_at;
  return next;
end
$$;
