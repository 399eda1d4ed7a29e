-- Creates the partition of the request log for a month; reports whether it was missing.
-- execute: tenantry_platform
--
-- Partitions are in a schema that no role may use: they are reached through the table only.
-- The foreign key of a partition locks organizations against writes. Deletions of organizations lock them before the log, and so does this.
create function usage.make_partition(month date) returns boolean
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set client_min_messages = warning
  as $$
declare
  first_day date := date_trunc('month', month)::date;
  name text := format('request_log_%s', to_char(first_day, 'YYYY_MM'));
begin
  -- In most calls the partition exists.
  if to_regclass('partitions.' || name) is not null then return false; end if;
  -- One of several replicas creates it.
  perform pg_advisory_xact_lock(hashtextextended('tenantry partitions', 0));
  -- A session remembers that to_regclass has found nothing, and reads the catalog again only with the lock of a table.
  if exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'partitions' and c.relname = name) then return false; end if;
  lock table public.organizations in share row exclusive mode;
  execute format('create table partitions.%I partition of public.request_log for values from (%L) to (%L)',
    name, first_day::timestamp at time zone 'UTC', (first_day + interval '1 month')::timestamp at time zone 'UTC');
  execute format('alter table partitions.%I enable row level security', name);
  execute format('alter table partitions.%I force row level security', name);
  return true;
end
$$;
