-- Trigger: refuses a membership of a managed account in another organization, and as an owner.
-- execute: owner
--
-- The services refuse both before (ManagedAccountError). The trigger is for other ways, such as SQL.
create function app.keep_managed_accounts() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if exists (select from public.users u where u.id = new.user_id and u.managed_by_id is not null and (u.managed_by_id <> new.organization_id or new.role = 'owner')) then
    raise exception 'managed_account: the account works in the organization that manages it, and not as an owner' using errcode = 'restrict_violation';
  end if;
  return null;
end
$$;

create trigger keep_managed_accounts after insert or update of role, user_id, organization_id on public.memberships for each row execute function app.keep_managed_accounts();
