-- Trigger: says in event_changes that events of usage and billing wait for their numbers.
-- execute: owner
--
-- In the transaction of the events, so that no server needs to look for them. An event of an organization without an open stream costs one look.
create function app.announce_events() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into public.event_changes (organization_id, relation, operation, occurred_at)
    select distinct a.organization_id, 'domain_events', 'insert', clock_timestamp()
      from added a
     where a.sequence is null
       and (exists (select from public.event_streams s where s.organization_id = a.organization_id and s.closed_at is null offset 0) or (select app.is_read_by_platform()));
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$$;

create trigger announce_events after insert on public.domain_events referencing new table as added for each statement execute function app.announce_events();
