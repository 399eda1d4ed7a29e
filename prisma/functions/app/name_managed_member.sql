-- Trigger: gives a membership the name of its managed account.
-- execute: owner
--
-- The application role reads it there. A replica of an earlier version refuses to start when that role may read more columns of users.
create function app.name_managed_member() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  new.user_name := (select u.user_name from public.users u where u.id = new.user_id);
  return new;
end
$$;

create trigger name_managed_member before insert or update of user_id, user_name on public.memberships for each row execute function app.name_managed_member();
