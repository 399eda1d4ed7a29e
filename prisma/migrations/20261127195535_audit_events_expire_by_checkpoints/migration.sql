alter table audit.checkpoints add column expired_at timestamptz;
drop function audit.remove_expired(integer);

CREATE OR REPLACE FUNCTION audit.checkpoint_content(token text)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (convert_from(decode(rpad(translate(split_part(token, '.'::text, 2), '-_'::text, '+/'::text), (((length(split_part(token, '.'::text, 2)) + 3) / 4) * 4), '='::text), 'base64'::text), 'UTF8'::name))::jsonb
;

CREATE OR REPLACE FUNCTION audit.lock_checkpoints()
 RETURNS void
 LANGUAGE sql
AS $function$ select pg_advisory_xact_lock(hashtext('tenantry:audit-checkpoints')) $function$
;

CREATE OR REPLACE FUNCTION audit.remove_expired(latest timestamp with time zone, most integer)
 RETURNS TABLE(chain uuid, checkpoint bigint, events bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
    if ending.chain = nobody then
      delete from audit.events e where e.organization_id is null and e.sequence <= last;
    else
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
$function$
;

CREATE INDEX checkpoints_expiry_idx ON audit.checkpoints USING btree (number) WHERE (expired_at IS NULL);

grant execute on function audit.lock_checkpoints() to tenantry_platform;
grant execute on function audit.remove_expired(timestamptz, integer) to tenantry_platform;
comment on function audit.checkpoint_content(text) is 'Returns the payload of the token of a checkpoint, without looking at its signature.';
comment on function audit.lock_checkpoints() is 'Locks the checkpoints until the transaction ends. Adding one, and removing events that they name, begin with this lock, before the heads of chains.';
comment on function audit.remove_expired(timestamptz, integer) is 'Removes expired events from the beginning of their chains, at most `most`.';
