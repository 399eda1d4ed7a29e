drop trigger access_changed on public.api_keys;

CREATE OR REPLACE FUNCTION app.require_session(session_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('app.session_id', session_id::text, true);
  if exists (
    select from public.sessions s join public.users u on u.id = s.user_id
     where s.id = require_session.session_id and s.revoked_at is null and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF enabled, permissions, expires_at, allowed_ips, owner_id, granted_by_id, token_hash, previous_hash, previous_expires_at, previous_granted_by_id ON public.api_keys FOR EACH ROW EXECUTE FUNCTION app.access_changed();
create policy tenant on public.sessions for select to tenantry_app using ((id = (NULLIF(current_setting('app.session_id'::text, true), ''::text))::uuid));
grant select (id) on table public.sessions to tenantry_app;
grant select (revoked_at) on table public.sessions to tenantry_app;
grant select (user_id) on table public.sessions to tenantry_app;

grant execute on function app.require_session(uuid) to tenantry_app;
grant execute on function app.require_session(uuid) to tenantry_platform;
comment on function app.require_session(uuid) is 'Raises TN001 when a session was revoked, or its user disabled, since the request was allowed.';
