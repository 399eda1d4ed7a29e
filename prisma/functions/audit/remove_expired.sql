-- Removes expired events from the beginning of their chains, at most `most`.
-- execute: tenantry_platform
--
-- The events up to an end of a chain expire when the retention (audit.log_retention) has passed since a checkpoint named this end. Their own times prove nothing: somebody who
-- controls the database can write events with old times. Two clocks must say that it has passed, that of the database and the caller's (`latest`).
-- The head keeps the end of what was removed. A checkpoint of the same transaction must name it, with the checkpoint by which it has expired: audit:verify accepts nothing else.
-- Returns the chains from which events were removed, the checkpoint by which they have expired, and how many they were.
create function audit.remove_expired(latest timestamptz, most integer) returns table (chain uuid, checkpoint bigint, events bigint)
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
#variable_conflict use_column
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  expired constant timestamptz := (select least(clock_timestamp(), latest) - make_interval(days => r.days) from audit.log_retention r);
  -- The oldest checkpoints whose events are not removed.
  due bigint[];
  remaining bigint := most;
  ending record;
  already bigint;
  last bigint;
  last_hash bytea;
begin
  if expired is null then return; end if;
  perform audit.lock_checkpoints();
  due := array(select c.number from audit.checkpoints c where c.expired_at is null and c.made_at < expired and (audit.checkpoint_content(c.token) ->> 'at')::timestamptz < expired order by c.number limit 500);
  for ending in
    select distinct on (e.chain) e.chain, e.sequence, c.number
      from audit.checkpoints c cross join lateral jsonb_to_recordset(audit.checkpoint_content(c.token) -> 'heads') as e (chain uuid, sequence bigint)
     where c.number = any(due) order by e.chain, e.sequence desc
  loop
    -- In the order in which audit.chain() locks them.
    select h.removed into already from audit.heads h where h.chain = ending.chain for update;
    continue when already is null or already >= ending.sequence;
    if remaining <= 0 then return; end if;
    last := least(ending.sequence, already + remaining);
    last_hash := coalesce((select e.hash from audit.events e where e.organization_id = ending.chain and ending.chain <> nobody and e.sequence = last and e.occurred_at < expired),
                          (select e.hash from audit.events e where e.organization_id is null and ending.chain = nobody and e.sequence = last and e.occurred_at < expired));
    -- Its clock was ahead, or somebody has damaged the chain.
    continue when last_hash is null;
    update audit.heads h set removed = last, removed_hash = last_hash where h.chain = ending.chain;
    -- Locks the events in the order in which audit.erase_person() does.
    if ending.chain = nobody then
      perform from audit.events e where e.organization_id is null and e.sequence <= last order by e.sequence for update;
      delete from audit.events e where e.organization_id is null and e.sequence <= last;
    else
      perform from audit.events e where e.organization_id = ending.chain and e.sequence <= last order by e.sequence for update;
      delete from audit.events e where e.organization_id = ending.chain and e.sequence <= last;
    end if;
    chain := ending.chain;
    checkpoint := ending.number;
    events := last - already;
    remaining := remaining - events;
    return next;
    if last < ending.sequence then return; end if;
  end loop;
  update audit.checkpoints c set expired_at = clock_timestamp() where c.number = any(due);
end
$$;
