-- AlterTable
ALTER TABLE "users" ADD COLUMN     "managed_by_id" UUID,
ADD COLUMN     "user_name" TEXT,
ALTER COLUMN "email" DROP NOT NULL;

CREATE OR REPLACE FUNCTION app.erase_managed_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION app.keep_managed_accounts()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if exists (select from public.users u where u.id = new.user_id and u.managed_by_id is not null and (u.managed_by_id <> new.organization_id or new.role = 'owner')) then
    raise exception 'managed_account: the account works in the organization that manages it, and not as an owner' using errcode = 'restrict_violation';
  end if;
  return null;
end
$function$
;

alter table public.users add constraint users_managed_check CHECK ((((email IS NULL) = (managed_by_id IS NOT NULL)) AND ((email IS NULL) = (user_name IS NOT NULL))));
alter table public.users add constraint users_user_name_check CHECK ((user_name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'::text));
alter table public.users add constraint users_verified_check CHECK (((email IS NOT NULL) OR (email_verified_at IS NULL)));
select audit.watch('public.users');
CREATE TRIGGER erase_managed_account AFTER DELETE ON public.memberships FOR EACH ROW EXECUTE FUNCTION app.erase_managed_account();
CREATE TRIGGER keep_managed_accounts AFTER INSERT OR UPDATE OF role, user_id, organization_id ON public.memberships FOR EACH ROW EXECUTE FUNCTION app.keep_managed_accounts();
grant select (managed_by_id) on table public.users to tenantry_app;
grant select (user_name) on table public.users to tenantry_app;

comment on function app.erase_managed_account() is 'Trigger: erases the managed account of a membership that ends, whatever ends it.';
comment on function app.keep_managed_accounts() is 'Trigger: refuses a membership of a managed account in another organization, and as an owner.';
