CREATE OR REPLACE FUNCTION app.raise_access_version(organization_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('app.raised', true) = concat(pg_current_xact_id(), ' ', organization_id) then return; end if;
  update public.organizations set access_version = access_version + 1 where id = organization_id;
  if found then
    perform pg_advisory_xact_lock(app.authority_key(organization_id)), set_config('app.raised', concat(pg_current_xact_id(), ' ', organization_id), true);
  end if;
end
$function$
;
