drop trigger plan_changed on public.organizations;
drop function app.plan_changed();

CREATE OR REPLACE FUNCTION app.access_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  update public.organizations set access_version = access_version + 1 where id = changed;
  perform pg_advisory_xact_lock(app.authority_key(changed));
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.authority_key(organization_id uuid)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN hashtextextended((organization_id)::text, (7)::bigint)
;

CREATE OR REPLACE FUNCTION app.bought_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats or new.add_ons is distinct from old.add_ons then
    update public.organizations set access_version = access_version + 1 where id = new.organization_id;
    perform pg_advisory_xact_lock(app.authority_key(new.organization_id));
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.lock_organization(organization_id uuid)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  found_version integer;
begin
  perform from public.organizations o where o.id = organization_id for no key update;
  perform pg_advisory_xact_lock(app.authority_key(organization_id));
  select o.access_version into found_version from public.organizations o where o.id = organization_id;
  return found_version;
end
$function$
;

CREATE OR REPLACE FUNCTION app.operator_removed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  each record;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry operators', 7));
  for each in
    select distinct s.active_organization_id as id from public.sessions s
     where s.impersonator_id = old.user_id and s.revoked_at is null and s.active_organization_id is not null order by 1
  loop
    update public.organizations set access_version = access_version + 1 where id = each.id;
    perform pg_advisory_xact_lock(app.authority_key(each.id));
  end loop;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_authority(organization_id uuid, expected integer, locks boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if locks then
    if app.lock_organization(organization_id) = expected then return; end if;
  else
    perform pg_advisory_xact_lock_shared(app.authority_key(organization_id));
    if exists (select from public.organizations o where o.id = organization_id and o.access_version = expected) then return; end if;
  end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_operator(user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('tenantry operators', 7));
  if exists (
    select from public.platform_admins a join public.users u on u.id = a.user_id where a.user_id = require_operator.user_id and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

CREATE OR REPLACE FUNCTION app.state_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if (new.plan, new.usage_anchor_day, new.status, new.maintenance_mode, new.deleted_at)
     is distinct from (old.plan, old.usage_anchor_day, old.status, old.maintenance_mode, old.deleted_at) then
    new.access_version := old.access_version + 1;
    perform pg_advisory_xact_lock(app.authority_key(old.id));
  end if;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION app.user_disabled()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  each record;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry operators', 7));
  for each in select m.organization_id from public.memberships m where m.user_id = new.id order by m.organization_id loop
    update public.organizations set access_version = access_version + 1 where id = each.organization_id;
    perform pg_advisory_xact_lock(app.authority_key(each.organization_id));
  end loop;
  return null;
end
$function$
;

CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF enabled, permissions, expires_at, allowed_ips, owner_id ON public.api_keys FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_changed AFTER DELETE ON public.member_roles FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_changed AFTER DELETE OR UPDATE OF role ON public.memberships FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_changed AFTER DELETE ON public.team_members FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER operator_removed AFTER DELETE ON public.platform_admins FOR EACH ROW EXECUTE FUNCTION app.operator_removed();
CREATE TRIGGER state_changed BEFORE UPDATE OF plan, usage_anchor_day, status, maintenance_mode, deleted_at ON public.organizations FOR EACH ROW EXECUTE FUNCTION app.state_changed();
CREATE TRIGGER user_disabled AFTER UPDATE OF disabled_at ON public.users FOR EACH ROW WHEN (((old.disabled_at IS NULL) AND (new.disabled_at IS NOT NULL))) EXECUTE FUNCTION app.user_disabled();

grant execute on function app.authority_key(uuid) to tenantry_app;
grant execute on function app.authority_key(uuid) to tenantry_platform;
grant execute on function app.lock_organization(uuid) to tenantry_app;
grant execute on function app.lock_organization(uuid) to tenantry_platform;
grant execute on function app.require_authority(uuid, integer, boolean) to tenantry_app;
grant execute on function app.require_authority(uuid, integer, boolean) to tenantry_platform;
grant execute on function app.require_operator(uuid) to tenantry_platform;
comment on function app.authority_key(uuid) is 'Returns the key of the advisory lock that guards who may do what in an organization.';
comment on function app.lock_organization(uuid) is 'Locks an organization until the transaction ends, and returns its access version; null when it does not exist.';
comment on function app.operator_removed() is 'Trigger: ends the authority of an operator who was removed: on the operator''s routes, and where they impersonate a user.';
comment on function app.require_authority(uuid, integer, boolean) is 'Raises TN001 when an organization no longer has the access version with which the request was allowed.';
comment on function app.require_operator(uuid) is 'Raises TN001 when a user is no longer an operator. Operators are removed only after the writes that have begun.';
comment on function app.state_changed() is 'Trigger: increments the access version of an organization when its plan, its usage period or its state changes.';
comment on function app.user_disabled() is 'Trigger: ends the authority of a user who was disabled: in their organizations, and as an operator.';
