CREATE OR REPLACE FUNCTION app.mark_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_op = 'UPDATE' then perform app.raise_access_version(old.organization_id); end if;
  update public.memberships set updated_at = updated_at where organization_id = new.organization_id and user_id = new.user_id;
  return null;
end
$function$
;

CREATE TRIGGER access_changed AFTER UPDATE OF name ON public.teams FOR EACH ROW EXECUTE FUNCTION app.access_changed();
