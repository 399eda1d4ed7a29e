comment on function app.operator_removed() is null;
comment on function app.user_disabled() is null;

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
  perform app.raise_access_version(changed);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.bought_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats or new.add_ons is distinct from old.add_ons then
    perform app.raise_access_version(new.organization_id);
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.impersonation_ended()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  each record;
begin
  for each in
    select s.active_organization_id as id from public.sessions s
     where s.impersonator_id = new.user_id and s.impersonator_session_id = new.id and s.revoked_at is null
    union
    select new.active_organization_id where new.impersonator_id is not null
    order by 1
  loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.keep_an_operator()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_table_name = 'users' then
    if not exists (select from public.platform_admins a where a.user_id = new.id) then return null; end if;
  end if;
  perform pg_advisory_xact_lock(app.operators_key());
  if not exists (select from public.platform_admins a join public.users u on u.id = a.user_id where u.disabled_at is null) then
    raise exception 'last_operator: the platform needs an operator who is not disabled' using errcode = 'restrict_violation';
  end if;
  return null;
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
  for each in
    select distinct s.active_organization_id as id from public.sessions s
     where s.impersonator_id = old.user_id and s.revoked_at is null and s.active_organization_id is not null order by 1
  loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.operators_key()
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('tenantry operators'::text, (7)::bigint)
;

CREATE OR REPLACE FUNCTION app.raise_access_version(organization_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update public.organizations set access_version = access_version + 1 where id = organization_id;
  if found then perform pg_advisory_xact_lock(app.authority_key(organization_id)); end if;
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_operator(user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock_shared(app.operators_key());
  if exists (
    select from public.platform_admins a join public.users u on u.id = a.user_id where a.user_id = require_operator.user_id and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
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
  for each in select m.organization_id from public.memberships m where m.user_id = new.id order by m.organization_id loop
    perform app.raise_access_version(each.organization_id);
  end loop;
  return null;
end
$function$
;

comment on function app.operator_removed() is 'Trigger: ends the authority of an operator who was removed, where they impersonate a user.';
comment on function app.user_disabled() is 'Trigger: ends the authority of a user who was disabled, in their organizations.';

grant execute on function app.operators_key() to tenantry_platform;
grant execute on function app.raise_access_version(uuid) to tenantry_app;
grant execute on function app.raise_access_version(uuid) to tenantry_platform;
comment on function app.operators_key() is 'Returns the key of the advisory lock that guards who is an operator: shared by writes of operators, alone for changes of them.';
comment on function app.raise_access_version(uuid) is 'Increments the access version of an organization, and waits for the writes that have begun with the version before.';
