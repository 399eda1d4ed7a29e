-- Trigger: marks the transaction as erasing an organization before its row is deleted.
-- execute: owner
--
-- Triggers fire in the order of their names: the mark must be set before the rows of the organization are deleted.
create function audit.begin_erasing() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform set_config('app.audit_erasing', concat(current_setting('app.audit_erasing', true), ' ', old.id), true);
  return old;
end
$$;

create trigger audit_begin_erasing before delete on public.organizations for each row execute function audit.begin_erasing();
