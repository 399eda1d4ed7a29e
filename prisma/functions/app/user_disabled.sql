-- Trigger: ends the authority of a user who was disabled, in their organizations.
-- execute: owner
--
-- For an operator, app.keep_an_operator waits in the same statement for the writes on the routes of operators.
create function app.user_disabled() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in select m.organization_id from public.memberships m where m.user_id = new.id order by m.organization_id loop
    perform app.raise_access_version(each.organization_id);
  end loop;
  return null;
end
$$;

create trigger user_disabled after update of disabled_at on public.users for each row
  when (old.disabled_at is null and new.disabled_at is not null) execute function app.user_disabled();
