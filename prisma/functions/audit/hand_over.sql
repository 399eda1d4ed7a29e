-- Trigger: hands the changes that audit.chain() takes to the event streams of their organizations.
-- execute: owner
--
-- An event exists if and only if its change was committed, and a change of an organization without an open stream costs one look. `offset 0`
-- keeps PostgreSQL from reading all streams. An open stream is not needed for what the operator receives. The changes of a chain get there in the order of its audit events, because audit.chain() holds the lock of the chain.
create function audit.hand_over() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into public.event_changes (organization_id, relation, row_id, operation, before, after, occurred_at)
    select t.chain, t.relation, t.row_id, t.operation, t.before, t.after, t.occurred_at
      from (select d.*, max(d.position) over (partition by d.chain, d.xid) as last
              from taken d
             where d.operation is not null
               and case when (select app.is_read_by_platform()) then exists (select from public.organizations o where o.id = d.chain offset 0)
                        else exists (select from public.event_streams s where s.organization_id = d.chain and s.closed_at is null offset 0) end) t
     order by t.last, t.position;
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$$;

create trigger hand_over after delete on audit.pending referencing old table as taken for each statement execute function audit.hand_over();
