-- Erases the actors and the changes of the events that name a person; returns how many of each.
-- execute: tenantry_platform
--
-- The only way to erase a part of an event of an organization that remains. The triggers of audit.record_erasure() record what it erases.
create function audit.erase_person(user_ids text[], addresses text[]) returns table (actors bigint, details bigint)
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  -- A whole address: `ann@example.com` is not a part of `joann@example.com`.
  named constant text[] := array(
    select '(?<![a-z0-9._%+-])' || regexp_replace(lower(a), '[^[:alnum:]@]', '\\\&', 'g') || '(?![a-z0-9-]|[.][a-z0-9])' from unnest(addresses) a where a like '_%@_%');
begin
  -- Waits for refusals that are being written (audit.refuse), and makes later ones wait until this transaction ends.
  lock table audit.erased_persons in share row exclusive mode;
  update audit.events e set actor_salt = null, actor_name = null, ip = null, user_agent = null
   where e.actor_salt is not null and (e.actor_id = any(user_ids) or lower(e.actor_name) ~ any(named));
  get diagnostics actors = row_count;
  update audit.events e set details_salt = null, details = null
   where lower(e.details::text) ~ any(named)
      or exists (select from jsonb_array_elements(e.details) c
                  where (c ->> 'table' = 'users' and c ->> 'id' = any(user_ids) and (c ->> 'before' is not null or c ->> 'after' is not null))
                     or c -> 'before' ->> 'user_id' = any(user_ids) or c -> 'after' ->> 'user_id' = any(user_ids));
  get diagnostics details = row_count;
  delete from audit.erased_persons p where p.erased_at < clock_timestamp() - interval '30 days';
  insert into audit.erased_persons (person, erased_at)
  select u, clock_timestamp() from unnest(user_ids) u
  union select encode(sha256(convert_to(lower(a), 'UTF8')), 'hex'), clock_timestamp() from unnest(addresses) a
  on conflict (person) do update set erased_at = excluded.erased_at;
  return next;
end
$$;
