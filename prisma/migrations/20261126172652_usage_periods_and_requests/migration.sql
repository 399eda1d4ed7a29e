-- AlterTable
ALTER TABLE "meter_totals" ADD COLUMN     "announced" BIGINT;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "usage_anchor_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "usage_anchors" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "anchor_day" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_anchors_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "usage_anchors_organization_id_ends_at_idx" ON "usage_anchors"("organization_id", "ends_at");

-- AddForeignKey
ALTER TABLE "usage_anchors" ADD CONSTRAINT "usage_anchors_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('usage_anchors');

drop trigger audit on public.usage_anchors;
revoke delete on table public.usage_anchors from tenantry_app;
revoke insert on table public.usage_anchors from tenantry_app;
revoke update on table public.usage_anchors from tenantry_app;
comment on function usage.close_periods(timestamp with time zone, jsonb, jsonb) is null;
comment on function usage.log_requests(uuid[], uuid[], timestamp with time zone[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) is null;
drop function usage.close_periods(timestamp with time zone, jsonb, jsonb);
drop function usage.log_requests(uuid[], uuid[], timestamp with time zone[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]);

CREATE OR REPLACE FUNCTION app.anchor_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  since timestamptz := new.usage_anchor_since;
begin
  new.usage_anchor_since := old.usage_anchor_since;
  if coalesce(new.usage_anchor_day, 1) = coalesce(old.usage_anchor_day, 1) then return new; end if;
  -- A writer that names no time means now.
  if since is not distinct from old.usage_anchor_since then since := now(); end if;
  new.usage_anchor_since := since;
  insert into public.usage_anchors (organization_id, id, anchor_day, starts_at, ends_at)
    values (old.id, usage.new_id(since), coalesce(old.usage_anchor_day, 1), old.usage_anchor_since, since);
  update public.meter_totals t set period_end = since
    from (select o.id from public.meter_totals o
           where o.organization_id = old.id and o.closed_at is null and o.period_start < since and o.period_end > since
             -- The periods of daily counters do not follow the anchor day.
             and not (o.period_end = o.period_start + interval '1 day' and o.period_start = date_trunc('day', o.period_start, 'UTC'))
           order by o.meter collate "C", o.period_start for update) own
   where t.organization_id = old.id and t.id = own.id;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.left_out()
 RETURNS TABLE(name text, reason text)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
values
  ('mail_messages', 'The outbox: a mail results from a recorded change, and is personal data.'),
  ('meter_totals', 'Incremented with each use.'),
  ('usage_anchors', 'Written together with the change of the anchor day, which is recorded.'),
  ('usage_events', 'The ledger of usage: append-only, and records who reported what and when.'),
  ('usage_subjects', 'Derived from the ledger of usage.'),
  ('usage_days', 'Derived from the ledger of usage.'),
  ('usage_reservations', 'Units held for a time; the units used are in the ledger of usage.'),
  ('usage_leases', 'Units in use for a time, extended by heartbeats.'),
  ('request_log', 'It is itself a record of requests.'),
  ('request_days', 'Derived from the request log.'),
  ('domain_events', 'The outbox of webhooks: results from a recorded change.'),
  ('usage_settlements', 'Records only which batch of counted requests was written.'),
  ('usage_reports', 'It is itself a ledger: the usage reported to the payment provider, and when.'),
  ('provider_events', 'The inbox of a payment provider: the changes that an event causes are recorded.'),
  ('job_runs', 'Records only that a job ran; its changes are recorded with the job as the actor.'),
  ('access_log', 'It is itself append-only, and reading changes no state.'),
  ('access_log_records', 'Part of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; refused sign-ins are recorded.'),
  ('refresh_tokens', 'Each use changes its session, which is recorded.'),
  ('.updated_at', 'Changes only together with other columns.'),
  ('.access_version', 'Incremented by triggers together with recorded changes.'),
  ('.last_used_at', 'Updated with each use, outside of the request.'),
  ('.last_used_ip', 'Updated with each use, outside of the request.'),
  ('.use_count', 'Updated with each use, outside of the request.'),
  ('.last_checked_at', 'Updated with each daily lookup; a lookup that changes something is recorded.'),
  ('.last_login_at', 'The new session is recorded.'),
  ('.last_step', 'The last used code of a second factor; the new session is recorded.'),
  ('.burnt', 'Incremented with each use.'),
  ('.mailed_at', 'Records only that a mail was sent.')
$function$
;

CREATE OR REPLACE FUNCTION usage.close_periods(at timestamp with time zone, plans jsonb, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(totals bigint, organizations bigint, events bigint, corrected bigint)
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
AS $function$
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
  update public.meter_totals t set closed_at = at, allowance = due.allowance, announced = t.used - t.held, updated_at = at
    from due where t.organization_id = due.organization_id and t.id = due.id
    returning t.*),
told as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_closed', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', c.used - c.held, 'held', c.held, 'fromGrants', c.from_grants, 'limit', c.allowance) order by c.meter))
      from closed c group by c.organization_id, c.period_start, c.period_end
    returning 1),
changed as (
  select t.organization_id, t.id, t.announced as before
    from public.meter_totals t
   where t.closed_at is not null and t.announced <> t.used - t.held
   order by t.organization_id, t.meter collate "C", t.period_start
     for update of t),
corrected as (
  update public.meter_totals t set announced = t.used - t.held, updated_at = at
    from changed where t.organization_id = changed.organization_id and t.id = changed.id
    returning t.*, changed.before),
told_again as (
  insert into public.domain_events (organization_id, id, type, occurred_at, data)
    select c.organization_id, usage.new_id(at), 'usage.period_corrected', at, jsonb_build_object(
             'periodStart', usage.json_time(c.period_start), 'periodEnd', usage.json_time(c.period_end),
             'meters', jsonb_agg(jsonb_build_object('meter', c.meter, 'used', c.used - c.held, 'usedBefore', c.before, 'held', c.held, 'fromGrants', c.from_grants, 'limit', c.allowance) order by c.meter))
      from corrected c group by c.organization_id, c.period_start, c.period_end
    returning 1)
select (select count(*) from closed), (select count(distinct c.organization_id) from closed c), (select count(*) from told),
       (select count(*) from corrected)
$function$
;

CREATE OR REPLACE FUNCTION usage.log_requests(organizations uuid[], ids uuid[], times timestamp with time zone[], methods text[], endpoints text[], statuses integer[], durations integer[], tokens bigint[], users uuid[], api_keys uuid[], requests text[])
 RETURNS TABLE(logged integer, conflicting integer[])
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamp with time zone, per_unit jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(organization_id uuid, meter text, period_start timestamp with time zone, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
select o.id, m.key, p.starts,
       case when m.tracks = 'members' then coalesce(s.members, 0) when m.kind = 'concurrent' then coalesce(l.live, 0) else coalesce(t.used - t.held, 0) end,
       coalesce(t.held, 0),
       case when e.organization_id is not null then e.units
            -- The limit of the meter that counts members is the number of seats.
            when m.tracks = 'members' and b.seats is not null and es.organization_id is null then b.seats
            else (coalesce(plans -> o.plan, plans -> '') ->> m.key)::bigint + case when b.add_ons <> '[]' then usage.added(b.add_ons, per_unit, m.key) else 0 end end,
       coalesce(t.from_grants, 0), coalesce(g.units, 0)
  from public.organizations o
 cross join jsonb_to_recordset(meters) as m (key text, kind text, period text, tracks text)
 cross join lateral (
   -- A new anchor day begins a period at once.
   select greatest(usage.period_begins(m.period, at, coalesce(o.usage_anchor_day, 1)), case when m.period = 'month' then o.usage_anchor_since end) as starts) p
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
$function$
;

alter table public.usage_anchors add constraint usage_anchors_anchor_day_check CHECK (((anchor_day >= 1) AND (anchor_day <= 31)));
CREATE TRIGGER anchor_changed BEFORE UPDATE OF usage_anchor_day ON public.organizations FOR EACH ROW EXECUTE FUNCTION app.anchor_changed();
comment on function usage.close_periods(timestamp with time zone, jsonb, jsonb) is 'Closes the finished periods of counters of all organizations, and announces them and closed totals that have changed.';
comment on function usage.log_requests(uuid[], uuid[], timestamp with time zone[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) is 'Writes requests of all organizations, each once by its id, and the sums of their days; returns how many were new, and which ids were taken.';

grant execute on function usage.close_periods(timestamp with time zone, jsonb, jsonb) to tenantry_platform;
grant execute on function usage.log_requests(uuid[], uuid[], timestamp with time zone[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) to tenantry_platform;
comment on function app.anchor_changed() is 'Trigger: ends the current period of monthly counters when the anchor day of an organization changes, and starts the next.';
