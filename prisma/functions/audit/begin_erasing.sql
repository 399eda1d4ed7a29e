-- Trigger: notes in audit.erasing that the transaction erases an organization, before its row is deleted.
-- execute: owner
--
-- Triggers fire in the order of their names: the note must exist before the rows of the organization are deleted.
create function audit.begin_erasing() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  -- Waits for the erasure of a person (audit.erase_person).
  lock table audit.erased_persons in row exclusive mode;
  -- Waits for refusals of the organization that are being written, and makes later ones wait (audit.refuse). Nothing is added to the chain meanwhile.
  insert into audit.heads (chain) values (old.id) on conflict do nothing;
  perform from audit.heads h where h.chain = old.id for update;
  insert into audit.erasing (organization_id) values (old.id) on conflict do nothing;
  return old;
end
$$;

create trigger audit_begin_erasing before delete on public.organizations for each row execute function audit.begin_erasing();
