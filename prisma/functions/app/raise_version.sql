-- Trigger: gives a row a later time of its last change when a change has not done so.
-- execute: owner
--
-- The time of the last change is the version of the row. Two changes within a millisecond, a clock that was set back, and SQL that does not set the time
-- would leave the version as it was. A row that the transaction has written before keeps its time: nobody has seen that version. Arguments: the columns that are no change by themselves, as for the audit log.
create function app.raise_version() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if old.xmin <> pg_current_xact_id()::xid and to_jsonb(new) - tg_argv[0]::text[] <> to_jsonb(old) - tg_argv[0]::text[] then
    execute format('update %s set updated_at = $1 where id = $2 and updated_at <= $1', tg_relid::regclass) using old.updated_at + interval '1 millisecond', new.id;
  end if;
  return null;
end
$$;
