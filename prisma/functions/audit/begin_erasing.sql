-- Trigger: notes in audit.erasing that the transaction erases an organization, before its row is deleted.
-- execute: owner
--
-- Triggers fire in the order of their names: the note must exist before the rows of the organization are deleted.
create function audit.begin_erasing() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  -- Waits for the erasure of a person (audit.erase_person), which locks events before heads; this transaction locks them in the other order.
  lock table audit.erased_persons in row exclusive mode;
  insert into audit.erasing (organization_id) values (old.id) on conflict do nothing;
  return old;
end
$$;

create trigger audit_begin_erasing before delete on public.organizations for each row execute function audit.begin_erasing();
