drop trigger version_raised on public.sso_connections;

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
     where a.attrelid = target and a.attnum > 0 and not a.attisdropped
     -- The time of a test is recorded, and is no change of what was tested: sign-ins that have begun with a connection continue.
     union select a.attname::text from pg_attribute a where a.attrelid = target and a.attname = 'tested_at' and not a.attisdropped
     order by 1);
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

CREATE TRIGGER version_raised AFTER UPDATE ON public.sso_connections FOR EACH ROW WHEN ((new.updated_at <= old.updated_at)) EXECUTE FUNCTION app.raise_version('{tested_at,updated_at}');
