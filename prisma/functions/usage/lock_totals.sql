-- Locks the totals of meters in the order of their names: the second lock of concurrent batches.
-- execute: tenantry_app, tenantry_platform
create function usage.lock_totals(organization uuid, of_meters text[]) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text;
begin
  for of_meter in select distinct m collate "C" from unnest(of_meters) m order by 1 loop
    perform pg_advisory_xact_lock(hashtextextended(organization::text || of_meter, 6));
  end loop;
end
$$;
