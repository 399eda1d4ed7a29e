comment on function app.protect_global_table(regclass) is null;

CREATE OR REPLACE FUNCTION app.raise_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if to_jsonb(new) - tg_argv[0]::text[] <> to_jsonb(old) - tg_argv[0]::text[] then
    execute format('update %s set updated_at = $1 where id = $2 and updated_at <= $1', tg_relid::regclass) using old.updated_at + interval '1 millisecond', new.id;
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  expected constant text[] := string_to_array(current_setting('app.expected'), ' ');
  was constant jsonb := to_jsonb(old);
  version constant bigint := extract(epoch from coalesce(was ->> 'updated_at', was ->> 'closed_at', was ->> 'created_at')::timestamptz) * 1000;
begin
  if was ->> tg_argv[0] <> expected[2] then return null; end if;
  if version <> all(string_to_array(expected[3], ',')::bigint[]) then
    raise exception 'The row has another version than the request expects' using errcode = 'TN003';
  end if;
  -- Further changes of this transaction follow from the first one.
  perform set_config('app.expected', '', true);
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.version_rows(target regclass, key text DEFAULT 'id'::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET client_min_messages TO 'warning'
AS $function$
declare
  table_name constant text := (select relname from pg_class where oid = target);
  is_changed constant boolean := exists (select from pg_attribute where attrelid = target and attname = 'updated_at' and not attisdropped);
  left_out constant text[] := array(
    select a.attname::text from pg_attribute a join audit.left_out() l on l.name in ('.' || a.attname, table_name || '.' || a.attname)
     where a.attrelid = target and a.attnum > 0 and not a.attisdropped order by 1);
begin
  execute format('drop trigger if exists version_required on %s', target);
  execute format('drop trigger if exists version_raised on %s', target);
  execute format('create trigger version_required after update or delete on %s for each row when (starts_with(current_setting(''app.expected'', true), %L)) execute function app.require_version(%L)',
    target, table_name || ' ', key);
  if is_changed then
    execute format('create trigger version_raised after update on %s for each row when (new.updated_at <= old.updated_at) execute function app.raise_version(%L)', target, left_out);
  end if;
end
$function$
;

CREATE OR REPLACE FUNCTION app.protect_global_table(target regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  perform app.force_row_security(target);
  perform app.grant_sequences(target, 'tenantry_platform');
  perform audit.watch(target);
  if exists (select from pg_trigger g where g.tgrelid = target and g.tgname = 'audit')
    and 2 = (select count(*) from pg_attribute a where a.attrelid = target and a.attname in ('id', 'updated_at') and not a.attisdropped)
  then
    perform app.version_rows(target);
  end if;
end
$function$
;

CREATE TRIGGER version_raised AFTER UPDATE ON public.api_keys FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{last_used_at,last_used_ip,updated_at,use_count}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.credit_notes FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{mailed_at,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.custom_roles FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.domains FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{last_checked_at,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.entitlement_overrides FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.integration_secrets FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.invitations FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{mailed_at,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.invoices FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{mailed_at,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.join_requests FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.memberships FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.organizations FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{access_version,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.projects FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.service_keys FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{access_version,last_used_at,last_used_ip,updated_at,use_count}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.settings_documents FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.subscriptions FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{changing_until,updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.tasks FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.teams FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{updated_at}');
CREATE TRIGGER version_raised AFTER UPDATE ON public.users FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{last_login_at,updated_at}');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.api_keys FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'api_keys '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.credit_notes FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'credit_notes '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.custom_roles FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'custom_roles '::text)) EXECUTE FUNCTION app.require_version('key');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.domains FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'domains '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.entitlement_overrides FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'entitlement_overrides '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.integration_secrets FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'integration_secrets '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.invitations FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'invitations '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.invoices FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'invoices '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.join_requests FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'join_requests '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.memberships FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'memberships '::text)) EXECUTE FUNCTION app.require_version('user_id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.organizations FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'organizations '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.projects FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'projects '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.service_keys FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'service_keys '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.settings_documents FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'settings_documents '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.subscriptions FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'subscriptions '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.tasks FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'tasks '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.teams FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'teams '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.usage_reservations FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'usage_reservations '::text)) EXECUTE FUNCTION app.require_version('id');
CREATE TRIGGER version_required AFTER DELETE OR UPDATE ON public.users FOR EACH ROW WHEN (starts_with(current_setting('app.expected'::text, true), 'users '::text)) EXECUTE FUNCTION app.require_version('id');
comment on function app.protect_global_table(regclass) is 'Protects a table without organization_id: only the platform role has access, and its changes are audited and versioned.';

comment on function app.raise_version() is 'Trigger: gives a row a later time of its last change when a change has not done so.';
comment on function app.require_version() is 'Trigger: refuses the change of a row whose version is not one of those that the request names in If-Match.';
comment on function app.version_rows(regclass, text) is 'Gives the rows of a table versions for If-Match: the time of the last change (app.require_version, app.raise_version).';
