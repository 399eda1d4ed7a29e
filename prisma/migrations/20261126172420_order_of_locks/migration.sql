drop trigger access_changed on public.api_keys;
drop trigger access_changed on public.member_roles;
drop trigger access_changed on public.memberships;
drop trigger access_changed on public.team_members;
drop trigger impersonation_ended on public.sessions;
drop function app.await_writes_of_user(uuid);
drop function app.impersonation_ended();

CREATE OR REPLACE FUNCTION app.access_lost()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  each record;
begin
  for each in select distinct g.organization_id as id from gone g order by 1 loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.await_writes_of_users(user_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  each uuid;
begin
  perform set_config('lock_timeout', '20s', true);
  foreach each in array user_ids loop
    perform pg_advisory_lock(app.sessions_key(each));
    perform pg_advisory_unlock(app.sessions_key(each));
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_session(session_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  own public.sessions;
  alive boolean;
begin
  perform set_config('app.session_id', session_id::text, true);
  select s.user_id, s.impersonator_id, s.impersonator_session_id into own.user_id, own.impersonator_id, own.impersonator_session_id
    from public.sessions s where s.id = require_session.session_id;
  if own.user_id is not null then perform pg_advisory_xact_lock_shared(app.sessions_key(own.user_id)); end if;
  if own.impersonator_id is not null then perform pg_advisory_xact_lock_shared(app.sessions_key(own.impersonator_id)); end if;
  alive := exists (
    select from public.sessions s join public.users u on u.id = s.user_id
     where s.id = require_session.session_id and s.revoked_at is null and u.disabled_at is null);
  if alive and own.impersonator_session_id is not null then
    perform set_config('app.session_id', own.impersonator_session_id::text, true);
    alive := exists (select from public.sessions s where s.id = own.impersonator_session_id and s.revoked_at is null);
    perform set_config('app.session_id', session_id::text, true);
  end if;
  if alive then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

CREATE TRIGGER access_changed AFTER UPDATE OF enabled, permissions, expires_at, allowed_ips, owner_id, granted_by_id, token_hash, previous_hash, previous_expires_at, previous_granted_by_id ON public.api_keys FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF role ON public.memberships FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_lost AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
CREATE TRIGGER access_lost AFTER DELETE ON public.member_roles REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
CREATE TRIGGER access_lost AFTER DELETE ON public.memberships REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
CREATE TRIGGER access_lost AFTER DELETE ON public.team_members REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
grant select (impersonator_id) on table public.sessions to tenantry_app;
grant select (impersonator_session_id) on table public.sessions to tenantry_app;

grant execute on function app.await_writes_of_users(uuid[]) to tenantry_platform;
comment on function app.access_lost() is 'Trigger: increments the access version of organizations when a statement deletes memberships, their roles, or API keys.';
comment on function app.await_writes_of_users(uuid[]) is 'Waits for the writes that the sessions of users have begun, one user after the other.';
