-- Trigger: records that the actor or the details of an audit event were erased, without their content.
-- execute: owner
create function audit.record_erasure() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
begin
  if audit.is_erasing(old.organization_id) then return null; end if;
  insert into audit.pending (chain, relation, row_id, operation)
  values (coalesce(old.organization_id, '00000000-0000-0000-0000-000000000000'), 'audit.' || tg_table_name, old.event_id::text, 'delete');
  return null;
end
$$;

create trigger erased after delete on audit.actors for each row execute function audit.record_erasure();
create trigger erased after delete on audit.details for each row execute function audit.record_erasure();
