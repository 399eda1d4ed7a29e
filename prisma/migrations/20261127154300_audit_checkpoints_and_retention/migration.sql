alter table audit.heads
  add column checkpointed bigint not null default 0,
  add column removed bigint not null default 0,
  add column removed_hash bytea;

create policy recorder_removes on audit.events for delete to current_user using (true);

create table audit.checkpoints (
  -- Without gaps.
  number bigint not null primary key,
  -- A JSON Web Signature (RFC 7515) in compact serialization. Its payload names the ends of the chains that have grown, and the hash of the checkpoint before it.
  token text not null,
  made_at timestamptz not null default clock_timestamp(),
  -- When it was stored outside of the database.
  exported_at timestamptz
);
create index checkpoints_export_idx on audit.checkpoints (number) where exported_at is null;

alter table audit.checkpoints enable row level security;
alter table audit.checkpoints force row level security;
revoke all on table audit.checkpoints from public, tenantry_app, tenantry_platform;
create policy recorder on audit.checkpoints to current_user using (true) with check (true);
create policy platform on audit.checkpoints for select to tenantry_platform using (true);
grant select on audit.checkpoints to tenantry_platform;

create table audit.log_retention (
  only_row boolean not null primary key default true check (only_row),
  days integer not null check (days >= 30)
);

alter table audit.log_retention enable row level security;
alter table audit.log_retention force row level security;
revoke all on table audit.log_retention from public, tenantry_app, tenantry_platform;
create policy owner on audit.log_retention to current_user using (true) with check (true);
create policy platform on audit.log_retention for select to tenantry_platform using (true);
grant select on audit.log_retention to tenantry_platform;
CREATE OR REPLACE FUNCTION audit.add_checkpoint(number bigint, token text, chains uuid[], sequences bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- In the order in which audit.chain() locks them.
  perform from audit.heads h where h.chain = any(chains) order by h.chain for update;
  insert into audit.checkpoints (number, token) values (add_checkpoint.number, add_checkpoint.token);
  update audit.heads h set checkpointed = c.sequence from unnest(chains, sequences) as c (chain, sequence) where h.chain = c.chain;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.checkpoints_exported(numbers bigint[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ update audit.checkpoints c set exported_at = clock_timestamp() where c.number = any(numbers) and c.exported_at is null $function$
;

CREATE OR REPLACE FUNCTION audit.refuse_deletion()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if exists (select from audit.heads h where h.chain = coalesce(old.organization_id, '00000000-0000-0000-0000-000000000000') and h.removed >= old.sequence) then
    return old;
  end if;
  raise exception 'An audit event cannot be deleted' using errcode = '42501';
end
$function$
;

CREATE OR REPLACE FUNCTION audit.remove_expired(most integer)
 RETURNS TABLE(chain uuid, events bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$
;

CREATE TRIGGER refuse_deletion BEFORE DELETE ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.refuse_deletion();

grant execute on function audit.add_checkpoint(bigint, text, uuid[], bigint[]) to tenantry_platform;
grant execute on function audit.checkpoints_exported(bigint[]) to tenantry_platform;
grant execute on function audit.remove_expired(integer) to tenantry_platform;
comment on function audit.add_checkpoint(bigint, text, uuid[], bigint[]) is 'Adds a checkpoint, and notes in the heads which events it names.';
comment on function audit.checkpoints_exported(bigint[]) is 'Notes that checkpoints are stored outside of the database.';
comment on function audit.refuse_deletion() is 'Trigger: refuses to delete an event, unless the head of its chain says that the retention has removed it.';
comment on function audit.remove_expired(integer) is 'Removes events that are older than the retention (audit.log_retention) from the beginning of their chains, at most `most`.';

select audit.watch('audit.log_retention', always => '{*}');
