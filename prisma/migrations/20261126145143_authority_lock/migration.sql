drop function app.require_authority(uuid, integer, boolean);

CREATE OR REPLACE FUNCTION app.access_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  -- The other documents decide nothing; the replicas only drop what they have cached of them.
  if tg_table_name = 'settings_documents' then
    if (case tg_op when 'DELETE' then old.section else new.section end) not in ('settings', 'features', 'security', 'compliance') then
      perform pg_notify('tenantry_organization', changed::text);
      return null;
    end if;
  end if;
  update public.organizations set access_version = access_version + 1 where id = changed;
  perform pg_advisory_xact_lock(app.authority_key(changed));
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_authority(organization_id uuid, expected integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock_shared(app.authority_key(organization_id));
  if exists (select from public.organizations o where o.id = organization_id and o.access_version = expected) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

grant execute on function app.require_authority(uuid, integer) to tenantry_app;
grant execute on function app.require_authority(uuid, integer) to tenantry_platform;
comment on function app.require_authority(uuid, integer) is 'Compares the access version of an organization with the one at which the request was allowed.';
