-- Trigger: records of which events the actors or the details were erased, without their content.
-- execute: owner
--
-- The audit log is verified with it: a part that is missing must be named by a later event, or be older than the erasure of the organization.
create function audit.record_erasure() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into audit.pending (chain, relation, row_id, operation, before, always)
  select coalesce(g.organization_id, '00000000-0000-0000-0000-000000000000'), 'audit.' || tg_table_name, min(g.event_id::text), 'delete',
         jsonb_build_object('sequences', jsonb_agg(e.sequence order by e.sequence)), true
    from gone g join audit.events e on e.id = g.event_id
   where not audit.is_erasing(g.organization_id)
   group by g.organization_id;
  return null;
end
$$;

create trigger erased after delete on audit.actors referencing old table as gone for each statement execute function audit.record_erasure();
create trigger erased after delete on audit.details referencing old table as gone for each statement execute function audit.record_erasure();
