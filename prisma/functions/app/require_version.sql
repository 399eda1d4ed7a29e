-- Trigger: refuses the change of a row whose version is not one of those that the request names in If-Match.
-- execute: owner
--
-- Arguments: the column that the path of the resource has. The setting app.expected has the table, the key of the row and its expected versions; the
-- condition of the trigger compares the table. The version of a row is the time of its last change in milliseconds. Raises TN003.
--
-- After the change, because a trigger before it would lock each row once more. The row before the change is the newest one: the change has waited for others.
create function app.require_version() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
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
$$;
