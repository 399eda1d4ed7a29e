-- no transaction
-- Gives the triggers of tables with masked columns, also of those that an installation has added, their new argument. Until then, they mask at run time.
-- Each table has a transaction of its own: one that locked all of them would be in circles of locks with the writes of running servers.
do $$
declare
  tables constant regclass[] := array(
    select g.tgrelid from pg_catalog.pg_trigger g
     where g.tgname = 'audit' and g.tgparentid = 0
       and exists (
         select from pg_catalog.pg_attribute a join pg_catalog.pg_type d on d.oid = a.atttypid join pg_catalog.pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
          where a.attrelid = g.tgrelid and a.attnum > 0 and not a.attisdropped and (audit.is_secret(a.attname::text) or t.typname = 'bytea'))
     order by g.tgrelid::regclass::text);
  watched regclass;
  done boolean;
begin
  foreach watched in array tables loop
    done := false;
    while not done loop
      perform set_config('lock_timeout', '500ms', true);
      begin
        -- The table may have been dropped meanwhile.
        if exists (select from pg_catalog.pg_trigger g where g.tgrelid = watched and g.tgname = 'audit') then perform audit.watch(watched); end if;
        done := true;
      exception when lock_not_available or deadlock_detected then
        done := false;
      end;
      commit;
      -- Those that wait for the table proceed.
      if not done then perform pg_sleep(1); end if;
    end loop;
  end loop;
end
$$;
