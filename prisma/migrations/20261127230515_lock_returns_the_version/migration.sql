CREATE OR REPLACE FUNCTION app.lock_organization(organization_id uuid)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  found_version integer;
begin
  select o.access_version into found_version from public.organizations o where o.id = organization_id for no key update;
  perform pg_advisory_xact_lock(app.authority_key(organization_id));
  return found_version;
end
$function$
;
