-- Adds one line to the list of what the audit log leaves out. Until now each migration that added a line wrote the whole
-- list again, and could lose one of somebody else's.
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
revoke all on function audit.leave_out(text, text) from public;
comment on function audit.leave_out(text, text) is 'Leaves a table, or a column of any table (with a dot before it), out of the audit log, for a reason. Then: audit.watch(table).';
