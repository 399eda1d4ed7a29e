-- Removes events that are older than the retention (audit.log_retention) from the beginning of their chains, at most `most`.
-- execute: tenantry_platform
--
-- The clock is that of the database, and the retention is set by the owner: no caller can remove more. The head keeps the end of what was removed, which a checkpoint of the
-- same transaction must name: audit:verify accepts nothing else.
-- Returns the chains from which events were removed, and how many.
create function audit.remove_expired(most integer) returns table (chain uuid, events bigint)
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
#variable_conflict use_column
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  expired constant timestamptz := (select clock_timestamp() - make_interval(days => r.days) from audit.log_retention r);
  remaining bigint := most;
  head record;
  last record;
begin
  if expired is null then return; end if;
  for head in
    select h.chain, h.removed
      from audit.heads h
     where h.removed < h.sequence
       and case when h.chain = nobody
                then exists (select from audit.events e where e.organization_id is null and e.sequence = h.removed + 1 and e.occurred_at < expired)
                else exists (select from audit.events e where e.organization_id = h.chain and e.sequence = h.removed + 1 and e.occurred_at < expired) end
     order by h.chain for update skip locked
  loop
    exit when remaining <= 0;
    -- In a chain, no event is older than the one before it.
    if head.chain = nobody then
      select e.sequence, e.hash into last from audit.events e
       where e.organization_id is null and e.sequence > head.removed and e.sequence <= head.removed + remaining and e.occurred_at < expired order by e.sequence desc limit 1;
    else
      select e.sequence, e.hash into last from audit.events e
       where e.organization_id = head.chain and e.sequence > head.removed and e.sequence <= head.removed + remaining and e.occurred_at < expired order by e.sequence desc limit 1;
    end if;
    continue when last.sequence is null;
    update audit.heads h set removed = last.sequence, removed_hash = last.hash where h.chain = head.chain;
    if head.chain = nobody then
      delete from audit.events e where e.organization_id is null and e.sequence <= last.sequence;
    else
      delete from audit.events e where e.organization_id = head.chain and e.sequence <= last.sequence;
    end if;
    chain := head.chain;
    events := last.sequence - head.removed;
    remaining := remaining - events;
    return next;
  end loop;
end
$$;
