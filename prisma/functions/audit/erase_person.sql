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
$$;
