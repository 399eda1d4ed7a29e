-- Leaves a table, or a column of any table (with a dot before its name), out of the audit log, for a reason.
-- execute: owner
--
-- For installations that add tables of their own. In this repository, edit prisma/functions/audit/left_out.sql instead.
-- Then: audit.watch(table).
create function audit.leave_out(added_name text, added_reason text) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  entries constant text := (
    select string_agg(format('(%L, %L)', name, reason), E',\n  ')
      from (select l.name, l.reason from audit.left_out() l where l.name <> added_name union all select added_name, added_reason) l);
begin
  execute format(
    'create or replace function audit.left_out() returns table (name text, reason text)
       language sql immutable parallel safe set search_path = pg_catalog as %L', E'\nvalues\n  ' || entries || E'\n');
end
$$;
