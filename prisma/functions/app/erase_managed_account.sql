-- Trigger: erases the managed account of a membership that ends, whatever ends it.
-- execute: owner
--
-- The job complete-erasures removes the person from the audit log, as after the deletion of any account.
create function app.erase_managed_account() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  -- The data of a held account stays, without access; an operator erases it after the release.
  if app.is_held(old.user_id) or app.is_held(old.organization_id) then
    update public.users u set disabled_at = coalesce(u.disabled_at, now()) where u.id = old.user_id and u.managed_by_id = old.organization_id;
    return null;
  end if;
  delete from public.users u where u.id = old.user_id and u.managed_by_id = old.organization_id;
  if found then
    insert into public.erasures (id, user_id, deleted) values (gen_random_uuid(), old.user_id, '{"users": 1, "memberships": 1}');
  end if;
  return null;
end
$$;

create trigger erase_managed_account after delete on public.memberships for each row execute function app.erase_managed_account();
