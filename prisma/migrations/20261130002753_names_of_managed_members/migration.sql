-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "user_name" TEXT;

revoke select (managed_by_id) on table public.users from tenantry_app;
revoke select (user_name) on table public.users from tenantry_app;

CREATE OR REPLACE FUNCTION app.name_managed_member()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.user_name := (select u.user_name from public.users u where u.id = new.user_id);
  return new;
end
$function$
;

select audit.watch('public.memberships');
CREATE TRIGGER name_managed_member BEFORE INSERT OR UPDATE OF user_id, user_name ON public.memberships FOR EACH ROW EXECUTE FUNCTION app.name_managed_member();

comment on function app.name_managed_member() is 'Trigger: gives a membership the name of its managed account.';
