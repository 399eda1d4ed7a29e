-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "add_ons" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "next_add_ons" JSONB NOT NULL DEFAULT '[]';

-- What must hold whoever writes: a list of keys, each with how many of it.
alter table subscriptions
  add constraint subscriptions_add_ons_check check (jsonb_typeof(add_ons) = 'array'
    and not jsonb_path_exists(add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))')),
  add constraint subscriptions_next_add_ons_check check (jsonb_typeof(next_add_ons) = 'array'
    and not jsonb_path_exists(next_add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))'));

-- What is bought beside the plan, seats and add-ons, decides about access, and is cached with the rest of what does.
create function app.bought_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats or new.add_ons is distinct from old.add_ons then
    update public.organizations set access_version = access_version + 1 where id = new.organization_id;
  end if;
  return null;
end
$$;
drop trigger seats_changed on subscriptions;
drop function app.seats_changed();
create trigger bought_changed after insert or update of seats, add_ons on subscriptions for each row execute function app.bought_changed();

-- What add-ons add to a meter, at most the largest whole number that a JSON number has room for: it is asked of all
-- organizations at once, so that what one of them has must not break it. `add_ons`: as a subscription has them;
-- `per_unit`: of each what one of it adds, by meter.
create function usage.added(add_ons jsonb, per_unit jsonb, meter text) returns bigint
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
select least(coalesce(sum(a.quantity * (per_unit -> a.key ->> meter)::numeric), 0), 9007199254740991)::bigint from jsonb_to_recordset(add_ons) as a (key text, quantity numeric)
$$;

-- As before, with what was bought beside the plan. A replica of the version before calls them without `per_unit`.
drop function usage.readings(uuid[], jsonb, jsonb, timestamptz);
create function usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamptz, per_unit jsonb default '{}')
  returns table (organization_id uuid, meter text, period_start timestamptz, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
  language sql stable
  set search_path = pg_catalog
  as $$
select o.id, m.key, p.starts,
       case when m.tracks = 'members' then coalesce(s.members, 0) when m.kind = 'concurrent' then coalesce(l.live, 0) else coalesce(t.used - t.held, 0) end,
       coalesce(t.held, 0),
       case when e.organization_id is not null then e.units
            -- The meter that counts the members is the seats by another name.
            when m.tracks = 'members' and b.seats is not null and es.organization_id is null then b.seats
            else (coalesce(plans -> o.plan, plans -> '') ->> m.key)::bigint + case when b.add_ons <> '[]' then usage.added(b.add_ons, per_unit, m.key) else 0 end end,
       coalesce(t.from_grants, 0), coalesce(g.units, 0)
  from public.organizations o
 cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
 cross join lateral (select usage.period_begins(m.period, at, coalesce(o.usage_anchor_day, 1)) as starts) p
  left join public.subscriptions b on b.organization_id = o.id
  left join public.entitlement_overrides e on e.organization_id = o.id and e.kind = 'limit' and e.key = m.key
  left join public.entitlement_overrides es on m.tracks = 'members' and es.organization_id = o.id and es.kind = 'limit' and es.key = 'seats'
  left join public.meter_totals t on t.organization_id = o.id and t.meter = m.key and t.period_start = p.starts
  left join (select c.organization_id, count(*) as members from public.memberships c group by 1) s on m.tracks = 'members' and s.organization_id = o.id
  left join (select c.organization_id, c.meter, count(*) as live from public.usage_leases c where c.expires_at > at group by 1, 2) l
         on m.kind = 'concurrent' and l.organization_id = o.id and l.meter = m.key
  left join (select c.organization_id, c.meter, sum(c.amount - c.burnt)::bigint as units from public.usage_grants c
              where c.revoked_at is null and (c.expires_at is null or c.expires_at > at) group by 1, 2) g
         on g.organization_id = o.id and g.meter = m.key
 where o.deleted_at is null and (only_of is null or o.id = any(only_of))
$$;

drop function usage.close_periods(timestamptz, jsonb);
create function usage.close_periods(at timestamptz, plans jsonb, per_unit jsonb default '{}') returns table (totals bigint, organizations bigint, events bigint)
  language sql volatile
  set search_path = pg_catalog
  as $$
with due as (
  select t.organization_id, t.id,
         case when e.organization_id is not null then e.units
              else (coalesce(plans -> o.plan, plans -> '') ->> t.meter)::bigint + case when b.add_ons <> '[]' then usage.added(b.add_ons, per_unit, t.meter) else 0 end end as allowance
    from public.meter_totals t
    join public.organizations o on o.id = t.organization_id
    left join public.subscriptions b on b.organization_id = t.organization_id
    left join public.entitlement_overrides e on e.organization_id = t.organization_id and e.kind = 'limit' and e.key = t.meter
   where t.closed_at is null and t.period_end <= at
   order by t.organization_id, t.meter collate "C", t.period_start
     for update of t),
closed as (
  update public.meter_totals t set closed_at = at, allowance = due.allowance, updated_at = at
    from due where t.organization_id = due.organization_id and t.id = due.id
    returning t.*),
told as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_closed', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', c.used - c.held, 'held', c.held, 'fromGrants', c.from_grants, 'limit', c.allowance) order by c.meter))
      from closed c group by c.organization_id, c.period_start, c.period_end
    returning 1)
select (select count(*) from closed), (select count(distinct c.organization_id) from closed c), (select count(*) from told)
$$;

drop function usage.note_tracked_thresholds(jsonb, jsonb, timestamptz);
create function usage.note_tracked_thresholds(meters jsonb, plans jsonb, at timestamptz, per_unit jsonb default '{}') returns bigint
  language sql volatile
  set search_path = pg_catalog
  as $$
with reached as (
  insert into public.usage_thresholds as h (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
    select r.organization_id, usage.new_id(at), r.meter, date_trunc('month', at, 'UTC'), s.percent, r.used, r.allowance, at
      from usage.readings(null, meters, plans, at, per_unit) r cross join (values (80), (100)) s (percent)
     where r.allowance > 0 and r.used * 100 >= r.allowance * s.percent
     order by r.organization_id, r.meter, s.percent
    on conflict do nothing
    returning h.*),
told as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select h.organization_id, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
             'meter', h.meter, 'periodStart', usage.json_time(h.period_start), 'percent', h.percent, 'used', h.used, 'limit', h.allowance)
      from reached h
    returning 1)
select count(*) from reached
$$;

-- They look at all organizations at once: for the platform only.
grant execute on function usage.added(jsonb, jsonb, text), usage.readings(uuid[], jsonb, jsonb, timestamptz, jsonb), usage.close_periods(timestamptz, jsonb, jsonb),
  usage.note_tracked_thresholds(jsonb, jsonb, timestamptz, jsonb) to tenantry_platform;
