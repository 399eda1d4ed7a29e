-- Gives the rows of a table versions for If-Match: the time of the last change (app.require_version, app.raise_version).
-- execute: owner
--
-- The template of every table with `id` and `updated_at` that the audit log records. `key`: the column that the path of the resource has.
create function app.version_rows(target regclass, key text default 'id') returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
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
$$;
