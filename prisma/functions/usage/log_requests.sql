-- Writes requests of all organizations, each once by its id, and the sums of their days; returns how many were new, and which ids were taken.
-- execute: tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: users, api_keys
--
-- Organizations that were deleted meanwhile are skipped. Rows are sorted, so that replicas wait in one order. `conflicting`:
-- the places, from 1, of requests whose id and time the log has with another content.
create function usage.log_requests(organizations uuid[], ids uuid[], times timestamptz[], methods text[], endpoints text[], statuses integer[], durations integer[],
                                   tokens bigint[], users uuid[], api_keys uuid[], requests text[])
  returns table (logged integer, conflicting integer[])
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  month date;
begin
  conflicting := '{}';
  -- The job creates partitions in advance; it may not run in this installation.
  for month in select distinct date_trunc('month', given.at at time zone 'UTC')::date from unnest(times) as given (at) loop
    perform usage.make_partition(month);
  end loop;
  with living as materialized (
    select o.id from public.organizations o where o.id = any(organizations) order by o.id for key share),
  new_rows as (
    insert into public.request_log (organization_id, id, at, method, endpoint, status, duration, tokens, user_id, api_key_id, request_id)
      select e.organization_id, e.id, e.at, e.method, e.endpoint, e.status, e.duration, e.tokens, e.user_id, e.api_key_id, e.request_id
        from unnest(organizations, ids, times, methods, endpoints, statuses, durations, tokens, users, api_keys, requests) with ordinality
          as e (organization_id, id, at, method, endpoint, status, duration, tokens, user_id, api_key_id, request_id, place)
        join living on living.id = e.organization_id
       order by e.place
      on conflict do nothing
      returning *),
  days as (
    insert into public.request_days as d (organization_id, day, method, endpoint, caller, requests, failures, duration, tokens)
      select l.organization_id, (l.at at time zone 'UTC')::date, l.method, l.endpoint, usage.reporter(l.user_id, l.api_key_id),
             count(*), count(*) filter (where l.status >= 400), sum(l.duration), sum(l.tokens)
        from new_rows l group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
      on conflict (organization_id, day, method, endpoint, caller) do update
        set requests = d.requests + excluded.requests, failures = d.failures + excluded.failures, duration = d.duration + excluded.duration, tokens = d.tokens + excluded.tokens)
  select count(*) into logged from new_rows;
  if logged < cardinality(ids) then
    select coalesce(array_agg(e.place::integer order by e.place), '{}') into conflicting
      from unnest(organizations, ids, times, methods, endpoints, statuses, durations, tokens, users) with ordinality
        as e (organization_id, id, at, method, endpoint, status, duration, tokens, user_id, place)
      join public.request_log l on l.organization_id = e.organization_id and l.at = e.at and l.id = e.id
     where (l.method, l.endpoint, l.status, l.duration, l.tokens, l.user_id) is distinct from (e.method, e.endpoint, e.status, e.duration, e.tokens, e.user_id);
  end if;
  return next;
end
$$;
