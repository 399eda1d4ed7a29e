-- Trigger: refuses to delete an event, unless the head of its chain says that the retention has removed it.
-- execute: owner
create function audit.refuse_deletion() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if exists (select from audit.heads h where h.chain = coalesce(old.organization_id, '00000000-0000-0000-0000-000000000000') and h.removed >= old.sequence) then
    return old;
  end if;
  raise exception 'An audit event cannot be deleted' using errcode = '42501';
end
$$;

create trigger refuse_deletion before delete on audit.events for each row execute function audit.refuse_deletion();
