-- Commits a reservation, if possible: counts the units used and returns the rest; returns what it found.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance, returns status, returns committed
--
-- `done`: this call committed it. Otherwise nothing was counted, and the others say why: the `status` that it has (null: it
-- does not exist), the units with which it was `committed` before, and whether the ledger has another event with its id
-- (`id_taken`). If none of them prevents it, there is no room: more was used than it held, or it expired.
create function usage.commit_reservation(organization uuid, reservation uuid, event jsonb, at timestamptz, ends timestamptz, plan_allowance bigint, burns boolean)
  returns table (done boolean, status text, committed bigint, id_taken boolean)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  own public.usage_reservations;
  units bigint := (event ->> 'quantity')::bigint;
  kept bigint;
begin
  perform usage.lock_meters(organization, array(select r.meter from public.usage_reservations r where r.organization_id = organization and r.id = reservation));
  select * into own from public.usage_reservations r where r.organization_id = organization and r.id = reservation for update;
  done := false;
  status := own.status;
  committed := own.committed;
  id_taken := units > 0 and exists (select from public.usage_events e where e.organization_id = organization and e.id = reservation::text);
  if own.id is null or own.status in ('committed', 'released') or id_taken then return next; return; end if;
  -- An overdue reservation holds nothing, even before the job has expired it.
  if own.status = 'open' and own.expires_at <= at then
    perform usage.expire_reservations(organization, own.meter, at);
    own.status := 'expired';
    status := 'expired';
  end if;
  -- The units that it holds; none after it expired.
  kept := case when own.status = 'open' then own.quantity else 0 end;
  if units > kept and not usage.take(organization, own.meter, units - kept, at, own.period_start, ends, plan_allowance, burns, true) then
    return next;
    return;
  end if;
  if units < kept then perform usage.give_back(organization, own.meter, own.period_start, kept - units, true, at); end if;
  update public.meter_totals t set held = t.held - units where t.organization_id = organization and t.meter = own.meter and t.period_start = own.period_start;
  if units > 0 then
    if not usage.write_event(organization, event || jsonb_build_object('id', own.id, 'meter', own.meter, 'periodStart', own.period_start, 'subject', own.subject), at) then
      raise exception 'the id % was used for another meter at the same time', own.id using errcode = 'serialization_failure';
    end if;
    perform usage.note_thresholds(organization, own.meter, own.period_start, plan_allowance, at, (event ->> 'decimals')::integer);
  end if;
  update public.usage_reservations r set status = 'committed', committed = units, closed_at = at where r.organization_id = organization and r.id = own.id;
  done := true;
  return next;
end
$$;
