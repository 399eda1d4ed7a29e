-- Trigger: records of which events the actor or the details were erased, without their content.
-- execute: owner
--
-- The audit log is verified with it: a part that is missing must be named by a later event, or be older than the erasure of the organization.
-- The parts are named as the tables that contained them at first, because the chains have these names.
create function audit.record_erasure() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into audit.pending (chain, relation, row_id, operation, before, always)
  select coalesce(b.organization_id, '00000000-0000-0000-0000-000000000000'), part.name, min(b.id::text), 'delete', jsonb_build_object('sequences', jsonb_agg(b.sequence order by b.sequence)), true
    from before b join after a on a.id = b.id
   cross join lateral (values ('audit.actors', b.actor_salt, a.actor_salt), ('audit.details', b.details_salt, a.details_salt)) as part (name, salt_before, salt_after)
   where part.salt_before is not null and part.salt_after is null
     and not exists (select from audit.erasing e where e.organization_id = b.organization_id)
   group by b.organization_id, part.name order by part.name, b.organization_id;
  return null;
end
$$;

create trigger erased after update on audit.events referencing old table as before new table as after for each statement execute function audit.record_erasure();
