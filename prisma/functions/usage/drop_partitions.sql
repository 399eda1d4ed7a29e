-- Drops the partitions of the request log of months before the month of a date; returns how many.
-- execute: tenantry_platform
create function usage.drop_partitions(before date) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set client_min_messages = warning
  as $$
declare
  name text;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry partitions', 0));
  for name in
    select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid
     where i.inhparent = 'public.request_log'::regclass and c.relnamespace = 'partitions'::regnamespace
       and c.relname < format('request_log_%s', to_char(date_trunc('month', before), 'YYYY_MM'))
  loop
    execute format('drop table partitions.%I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;
