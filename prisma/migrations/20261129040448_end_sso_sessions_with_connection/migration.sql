CREATE OR REPLACE FUNCTION app.sso_connection_ended()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.sessions s where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null order by s.id for no key update;
  update public.sessions s set revoked_at = now(), revoked_reason = 'sso_ended'
   where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null;
  return null;
end
$function$
;

CREATE TRIGGER sso_connection_disabled AFTER UPDATE OF enabled ON public.sso_connections FOR EACH ROW WHEN ((old.enabled AND (NOT new.enabled))) EXECUTE FUNCTION app.sso_connection_ended();
CREATE TRIGGER sso_connection_ended AFTER DELETE ON public.sso_connections FOR EACH ROW EXECUTE FUNCTION app.sso_connection_ended();

comment on function app.sso_connection_ended() is 'Trigger: ends the sessions that began with a connection of single sign-on that is disabled or deleted.';
