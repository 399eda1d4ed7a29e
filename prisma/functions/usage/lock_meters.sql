-- Locks meters of an organization in the order of their names, for the rest of the transaction.
-- execute: tenantry_app, tenantry_platform
--
-- Everybody who counts takes this lock first. One order prevents deadlocks, and what is read under the lock stays valid:
-- the ledger's ids, totals, grants, days and subjects. Batches may write into the ledger at the same time (`shared`);
-- they take usage.lock_totals before the totals.
create function usage.lock_meters(organization uuid, of_meters text[], shared boolean default false) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text;
begin
  for of_meter in select distinct m collate "C" from unnest(of_meters) m order by 1 loop
    if shared then
      perform pg_advisory_xact_lock_shared(hashtextextended(organization::text || of_meter, 5));
    else
      perform pg_advisory_xact_lock(hashtextextended(organization::text || of_meter, 5));
    end if;
  end loop;
end
$$;
