-- Usage: meters, the ledger, grants, reservations, leases, the request log and the outbox of webhooks.

CREATE TYPE "reservation_status" AS ENUM ('open', 'committed', 'released', 'expired');
CREATE TYPE "grant_source" AS ENUM ('bought', 'given');

CREATE TABLE "meter_totals" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3),
    "used" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "from_grants" BIGINT NOT NULL DEFAULT 0,
    "closed_at" TIMESTAMPTZ(3),
    "allowance" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "meter_totals_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "usage_events" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT,
    "corrects" TEXT,
    "user_id" UUID,
    "api_key_id" UUID,
    "metadata" JSONB,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "usage_subjects" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT NOT NULL,

    CONSTRAINT "usage_subjects_pkey" PRIMARY KEY ("organization_id","meter","period_start","subject")
);

CREATE TABLE "usage_days" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "day" DATE NOT NULL,
    "meter" TEXT NOT NULL,
    "reporter" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL DEFAULT 0,
    "events" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "usage_days_pkey" PRIMARY KEY ("organization_id","day","meter","reporter")
);

CREATE TABLE "usage_reservations" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "quantity" BIGINT NOT NULL,
    "status" "reservation_status" NOT NULL DEFAULT 'open',
    "committed" BIGINT,
    "subject" TEXT,
    "user_id" UUID,
    "api_key_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_reservations_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "usage_leases" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "subject" TEXT,
    "user_id" UUID,
    "api_key_id" UUID,
    "ttl_seconds" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_leases_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "usage_grants" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "burnt" BIGINT NOT NULL DEFAULT 0,
    "source" "grant_source" NOT NULL,
    "reason" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_grants_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "usage_thresholds" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "percent" INTEGER NOT NULL,
    "used" BIGINT NOT NULL,
    "allowance" BIGINT NOT NULL,
    "reached_at" TIMESTAMPTZ(3) NOT NULL,
    "mailed_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_thresholds_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "request_log" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "duration" INTEGER NOT NULL,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "user_id" UUID,
    "api_key_id" UUID,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "request_log_pkey" PRIMARY KEY ("organization_id","at","id")
) PARTITION BY RANGE ("at");

CREATE TABLE "request_days" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "day" DATE NOT NULL,
    "method" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "requests" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "duration" BIGINT NOT NULL DEFAULT 0,
    "tokens" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "request_days_pkey" PRIMARY KEY ("organization_id","day","method","endpoint","caller")
);

CREATE TABLE "usage_settlements" (
    "id" UUID NOT NULL,
    "settled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_settlements_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "domain_events" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "domain_events_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE UNIQUE INDEX "meter_totals_organization_id_meter_period_start_key" ON "meter_totals"("organization_id", "meter", "period_start");
CREATE INDEX "usage_events_organization_id_meter_occurred_at_idx" ON "usage_events"("organization_id", "meter", "occurred_at");
CREATE INDEX "usage_reservations_organization_id_meter_status_expires_at_idx" ON "usage_reservations"("organization_id", "meter", "status", "expires_at");
CREATE INDEX "usage_reservations_status_expires_at_idx" ON "usage_reservations"("status", "expires_at");
CREATE INDEX "usage_leases_organization_id_meter_expires_at_idx" ON "usage_leases"("organization_id", "meter", "expires_at");
CREATE INDEX "usage_leases_expires_at_idx" ON "usage_leases"("expires_at");
CREATE INDEX "usage_grants_organization_id_meter_expires_at_idx" ON "usage_grants"("organization_id", "meter", "expires_at");
CREATE INDEX "usage_thresholds_mailed_at_idx" ON "usage_thresholds"("mailed_at");
CREATE UNIQUE INDEX "usage_thresholds_organization_id_meter_period_start_percent_key" ON "usage_thresholds"("organization_id", "meter", "period_start", "percent");
CREATE INDEX "usage_settlements_settled_at_idx" ON "usage_settlements"("settled_at");
CREATE INDEX "domain_events_organization_id_type_occurred_at_idx" ON "domain_events"("organization_id", "type", "occurred_at");

ALTER TABLE "meter_totals" ADD CONSTRAINT "meter_totals_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_subjects" ADD CONSTRAINT "usage_subjects_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_days" ADD CONSTRAINT "usage_days_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_reservations" ADD CONSTRAINT "usage_reservations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_leases" ADD CONSTRAINT "usage_leases_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_grants" ADD CONSTRAINT "usage_grants_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_thresholds" ADD CONSTRAINT "usage_thresholds_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "request_log" ADD CONSTRAINT "request_log_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "request_days" ADD CONSTRAINT "request_days_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "domain_events" ADD CONSTRAINT "domain_events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('meter_totals');
select app.protect_tenant_table('usage_events');
select app.protect_tenant_table('usage_subjects');
select app.protect_tenant_table('usage_days');
select app.protect_tenant_table('usage_reservations');
select app.protect_tenant_table('usage_leases');
select app.protect_tenant_table('usage_grants');
select app.protect_tenant_table('usage_thresholds');
select app.protect_tenant_table('request_log');
select app.protect_tenant_table('request_days');
select app.protect_global_table('usage_settlements');
select app.protect_tenant_table('domain_events');

-- Rights on the outbox of webhooks.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
revoke update, delete on public.domain_events from tenantry_app;

-- Checks of the totals of meters, and an index of the periods to close.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create index meter_totals_open_idx on public.meter_totals (period_end) where closed_at is null and period_end is not null;

alter table public.meter_totals
  add constraint meter_totals_used_check check (used >= 0),
  add constraint meter_totals_meter_check check (meter <> ''),
  add constraint meter_totals_held_check check (held between 0 and used),
  add constraint meter_totals_from_grants_check check (from_grants between 0 and used),
  add constraint meter_totals_period_check check (period_end > period_start);

-- Updated with every use: leaves room on the page for the next version of the row.
alter table public.meter_totals set (fillfactor = 70);

-- Rights on the daily sums of the request log.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- Written for all organizations at once.
revoke insert, update, delete on public.request_days from tenantry_app;

-- Checks of the request log, which has a partition for each month.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- partitioned by: range ("at")
alter table public.request_log
  add constraint request_log_duration_check check (duration >= 0 and tokens >= 0);

-- Written for all organizations at once.
revoke insert, update, delete on public.request_log from tenantry_app;

-- Checks of the ledger of usage, and indexes of corrections and resets.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
create index usage_events_corrects_idx on public.usage_events (organization_id, corrects) where corrects is not null;
-- Resets have no reporter.
create index usage_events_resets_idx on public.usage_events (organization_id, meter) where user_id is null and api_key_id is null and corrects is null;

alter table public.usage_events
  add constraint usage_events_id_check check (id <> ''),
  add constraint usage_events_meter_check check (meter <> '');

revoke update, delete on public.usage_events from tenantry_app;

-- Checks of grants, and what the application role may change of them.
-- access: tenantry_app reads the rows of its organization and updates burnt; tenantry_platform writes
alter table public.usage_grants
  add constraint usage_grants_amount_check check (amount > 0),
  add constraint usage_grants_burnt_check check (burnt between 0 and amount);

-- The platform grants units; the organization only uses them up.
revoke insert, update, delete on public.usage_grants from tenantry_app;
grant update (burnt) on public.usage_grants to tenantry_app;

-- Checks of leases.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.usage_leases
  add constraint usage_leases_ttl_seconds_check check (ttl_seconds > 0);

-- Checks of reservations.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.usage_reservations
  add constraint usage_reservations_quantity_check check (quantity > 0),
  add constraint usage_reservations_committed_check check (committed >= 0),
  add constraint usage_reservations_status_check check ((status = 'open') = (closed_at is null));

-- Checks of reached thresholds.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
alter table public.usage_thresholds
  add constraint usage_thresholds_percent_check check (percent in (80, 100));

revoke update, delete on public.usage_thresholds from tenantry_app;

-- Returns a UUID of version 7 (RFC 9562, section 5.7) with the milliseconds of a time.
-- execute: tenantry_app, tenantry_platform
--
-- A `return` body without settings of its own is inlined and costs no call.
create function usage.new_id(at timestamptz) returns uuid
  language sql volatile
  return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
revoke all on function usage.new_id(timestamptz) from public;
grant execute on function usage.new_id(timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.new_id(timestamptz) is 'Returns a UUID of version 7 (RFC 9562, section 5.7) with the milliseconds of a time.';

-- Returns the units left in the valid grants of a meter.
-- execute: tenantry_app, tenantry_platform
create function usage.granted(organization uuid, of_meter text, at timestamptz) returns bigint
  language sql stable
  set search_path = pg_catalog
  as $$
select coalesce(sum(g.amount - g.burnt), 0)::bigint from public.usage_grants g
 where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at)
$$;
revoke all on function usage.granted(uuid, text, timestamptz) from public;
grant execute on function usage.granted(uuid, text, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.granted(uuid, text, timestamptz) is 'Returns the units left in the valid grants of a meter.';

-- Acquires one unit of a concurrent meter; returns the lease's id, or null when all are in use, and how many are.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: max_leases, returns id
--
-- `max_leases` is the limit, null for unlimited. The row of meter_totals is the lock of an organization and meter.
create function usage.acquire_lease(organization uuid, lease jsonb, max_leases bigint, at timestamptz) returns table (id uuid, live bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := lease ->> 'meter';
  own_id uuid := usage.new_id(at);
  out_now bigint;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, 'epoch', at, at)
    on conflict (organization_id, meter, period_start) do update set updated_at = at;
  delete from public.usage_leases l where l.organization_id = organization and l.meter = of_meter and l.expires_at <= at;
  select count(*) into out_now from public.usage_leases l where l.organization_id = organization and l.meter = of_meter;
  if out_now >= max_leases + usage.granted(organization, of_meter, at) then
    return query select null::uuid, out_now;
    return;
  end if;
  insert into public.usage_leases (organization_id, id, meter, subject, user_id, api_key_id, ttl_seconds, expires_at, created_at)
    values (organization, own_id, of_meter, lease ->> 'subject', (lease ->> 'userId')::uuid, (lease ->> 'apiKeyId')::uuid, (lease ->> 'ttlSeconds')::integer,
            at + make_interval(secs => (lease ->> 'ttlSeconds')::integer), at);
  -- The maximum in use at the same time on this day.
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    values (organization, (at at time zone 'UTC')::date, of_meter, '', out_now + 1, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = greatest(d.quantity, excluded.quantity), events = d.events + 1;
  return query select own_id, out_now + 1;
end
$$;
revoke all on function usage.acquire_lease(uuid, jsonb, bigint, timestamptz) from public;
grant execute on function usage.acquire_lease(uuid, jsonb, bigint, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.acquire_lease(uuid, jsonb, bigint, timestamptz) is 'Acquires one unit of a concurrent meter; returns the lease''s id, or null when all are in use, and how many are.';

-- Returns what add-ons add to the limit of a meter, at most the largest integer that JSON can hold exactly.
-- execute: tenantry_platform
--
-- The cap keeps one organization from breaking a query over all of them. `add_ons`: as in a subscription; `per_unit`: for
-- each add-on what one of it adds, by meter.
create function usage.added(add_ons jsonb, per_unit jsonb, meter text) returns bigint
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
select least(coalesce(sum(a.quantity * (per_unit -> a.key ->> meter)::numeric), 0), 9007199254740991)::bigint from jsonb_to_recordset(add_ons) as a (key text, quantity numeric)
$$;
revoke all on function usage.added(jsonb, jsonb, text) from public;
grant execute on function usage.added(jsonb, jsonb, text) to tenantry_platform;
comment on function usage.added(jsonb, jsonb, text) is 'Returns what add-ons add to the limit of a meter, at most the largest integer that JSON can hold exactly.';

-- Uses up grants of a meter, soonest-expiring first, by at most `units`; returns the units used.
-- execute: tenantry_app, tenantry_platform
create function usage.burn(organization uuid, of_meter text, units bigint, at timestamptz) returns bigint
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  left_over bigint := units;
  grant_row record;
begin
  for grant_row in
    select g.id, g.amount - g.burnt as rest from public.usage_grants g
     where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at) and g.burnt < g.amount
     order by g.expires_at nulls last, g.created_at, g.id for update
  loop
    exit when left_over = 0;
    update public.usage_grants g set burnt = g.burnt + least(grant_row.rest, left_over) where g.organization_id = organization and g.id = grant_row.id;
    left_over := left_over - least(grant_row.rest, left_over);
  end loop;
  return units - left_over;
end
$$;
revoke all on function usage.burn(uuid, text, bigint, timestamptz) from public;
grant execute on function usage.burn(uuid, text, bigint, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.burn(uuid, text, bigint, timestamptz) is 'Uses up grants of a meter, soonest-expiring first, by at most `units`; returns the units used.';

-- Formats a time as JSON has it.
-- execute: tenantry_platform
create function usage.json_time(at timestamptz) returns text
  language sql stable parallel safe
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
revoke all on function usage.json_time(timestamptz) from public;
grant execute on function usage.json_time(timestamptz) to tenantry_platform;
comment on function usage.json_time(timestamptz) is 'Formats a time as JSON has it.';

-- Closes the finished periods of counters of all organizations and writes a domain event for each.
-- execute: tenantry_platform
--
-- The allowance is written next to the usage. Locks totals in the order of usage.record.
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
revoke all on function usage.close_periods(timestamptz, jsonb, jsonb) from public;
grant execute on function usage.close_periods(timestamptz, jsonb, jsonb) to tenantry_platform;
comment on function usage.close_periods(timestamptz, jsonb, jsonb) is 'Closes the finished periods of counters of all organizations and writes a domain event for each.';

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
revoke all on function usage.lock_meters(uuid, text[], boolean) from public;
grant execute on function usage.lock_meters(uuid, text[], boolean) to tenantry_app, tenantry_platform;
comment on function usage.lock_meters(uuid, text[], boolean) is 'Locks meters of an organization in the order of their names, for the rest of the transaction.';

-- Returns units to grants, in the reverse order of usage.burn; units of expired or revoked grants are lost.
-- execute: tenantry_app, tenantry_platform
create function usage.unburn(organization uuid, of_meter text, units bigint, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  left_over bigint := units;
  grant_row record;
begin
  for grant_row in
    select g.id, g.burnt from public.usage_grants g
     where g.organization_id = organization and g.meter = of_meter and g.revoked_at is null and (g.expires_at is null or g.expires_at > at) and g.burnt > 0
     order by g.expires_at desc nulls first, g.created_at desc, g.id desc for update
  loop
    exit when left_over = 0;
    update public.usage_grants g set burnt = g.burnt - least(grant_row.burnt, left_over) where g.organization_id = organization and g.id = grant_row.id;
    left_over := left_over - least(grant_row.burnt, left_over);
  end loop;
end
$$;
revoke all on function usage.unburn(uuid, text, bigint, timestamptz) from public;
grant execute on function usage.unburn(uuid, text, bigint, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.unburn(uuid, text, bigint, timestamptz) is 'Returns units to grants, in the reverse order of usage.burn; units of expired or revoked grants are lost.';

-- Subtracts units from a total, from its grants first; `were_held` when the units were held, not used.
-- execute: tenantry_app, tenantry_platform
create function usage.give_back(organization uuid, of_meter text, starts timestamptz, units bigint, were_held boolean, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  of_grants bigint;
begin
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  if not found then return; end if;
  of_grants := least(units, total.from_grants);
  if of_grants > 0 then perform usage.unburn(organization, of_meter, of_grants, at); end if;
  update public.meter_totals t
     set used = t.used - units, held = t.held - case when were_held then units else 0 end, from_grants = t.from_grants - of_grants, updated_at = at
   where t.organization_id = organization and t.id = total.id;
end
$$;
revoke all on function usage.give_back(uuid, text, timestamptz, bigint, boolean, timestamptz) from public;
grant execute on function usage.give_back(uuid, text, timestamptz, bigint, boolean, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.give_back(uuid, text, timestamptz, bigint, boolean, timestamptz) is 'Subtracts units from a total, from its grants first; `were_held` when the units were held, not used.';

-- Expires the overdue reservations of meters that the caller has locked; returns how many.
-- execute: tenantry_app, tenantry_platform
--
-- Skips reservations that another transaction is closing.
create function usage.end_overdue(organization uuid, of_meters text[], at timestamptz) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  overdue public.usage_reservations;
  expired integer := 0;
begin
  for overdue in
    select * from public.usage_reservations r
     where r.organization_id = organization and r.meter = any(of_meters) and r.status = 'open' and r.expires_at <= at
     order by r.meter, r.period_start, r.id for update skip locked
  loop
    update public.usage_reservations r set status = 'expired', closed_at = at where r.organization_id = organization and r.id = overdue.id;
    perform usage.give_back(organization, overdue.meter, overdue.period_start, overdue.quantity, true, at);
    expired := expired + 1;
  end loop;
  return expired;
end
$$;
revoke all on function usage.end_overdue(uuid, text[], timestamptz) from public;
grant execute on function usage.end_overdue(uuid, text[], timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.end_overdue(uuid, text[], timestamptz) is 'Expires the overdue reservations of meters that the caller has locked; returns how many.';

-- Locks meters and expires their overdue reservations: of one meter, or of all when `of_meter` is null.
-- execute: tenantry_app, tenantry_platform
create function usage.expire_reservations(organization uuid, of_meter text, at timestamptz) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meters text[] := array[of_meter];
begin
  if of_meter is null then
    of_meters := array(select distinct r.meter from public.usage_reservations r where r.organization_id = organization and r.status = 'open' and r.expires_at <= at);
  end if;
  perform usage.lock_meters(organization, of_meters);
  return usage.end_overdue(organization, of_meters, at);
end
$$;
revoke all on function usage.expire_reservations(uuid, text, timestamptz) from public;
grant execute on function usage.expire_reservations(uuid, text, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.expire_reservations(uuid, text, timestamptz) is 'Locks meters and expires their overdue reservations: of one meter, or of all when `of_meter` is null.';

-- Takes units, all or none: from the plan's allowance (null is unlimited), then from grants; returns whether it did.
-- execute: tenantry_app, tenantry_platform
--
-- Counters use grants up (`burns`); other meters have a higher limit while a grant is valid.
create function usage.take(organization uuid, of_meter text, units bigint, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint, burns boolean, hold boolean)
  returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  beyond bigint;
begin
  -- In most calls there is room: one statement, which waits for other transactions that take from the same row.
  update public.meter_totals t
     set used = t.used + units, held = t.held + case when hold then units else 0 end, updated_at = at
   where t.organization_id = organization and t.meter = of_meter and t.period_start = starts
     and (plan_allowance is null or t.used - t.from_grants + units <= plan_allowance);
  if found then return true; end if;

  perform usage.expire_reservations(organization, of_meter, at);
  insert into public.meter_totals (organization_id, id, meter, period_start, period_end, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, starts, ends, at, at)
    on conflict do nothing;
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  -- Grants also cover units that were reported beyond the allowance earlier; otherwise more than the limit could be taken.
  beyond := case when plan_allowance is null then 0 else greatest(0, total.used - total.from_grants + units - plan_allowance) end;
  if beyond > 0 then
    -- Another transaction may be revoking a grant.
    perform 1 from public.usage_grants g where g.organization_id = organization and g.meter = of_meter order by g.id for update;
    if usage.granted(organization, of_meter, at) < beyond then return false; end if;
    if burns then perform usage.burn(organization, of_meter, beyond, at); end if;
  end if;
  update public.meter_totals t
     set used = t.used + units, held = t.held + case when hold then units else 0 end,
         from_grants = t.from_grants + case when burns then beyond else 0 end, updated_at = at
   where t.organization_id = organization and t.id = total.id;
  return true;
end
$$;
revoke all on function usage.take(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint, boolean, boolean) from public;
grant execute on function usage.take(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint, boolean, boolean) to tenantry_app, tenantry_platform;
comment on function usage.take(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint, boolean, boolean) is 'Takes units, all or none: from the plan''s allowance (null is unlimited), then from grants; returns whether it did.';

-- Returns the reporter as text: `key:<id>`, `user:<id>` or an empty string.
-- execute: tenantry_app, tenantry_platform
create function usage.reporter(user_id uuid, api_key_id uuid) returns text
  language sql immutable parallel safe
  return case when api_key_id is not null then 'key:' || api_key_id when user_id is not null then 'user:' || user_id else '' end;
revoke all on function usage.reporter(uuid, uuid) from public;
grant execute on function usage.reporter(uuid, uuid) to tenantry_app, tenantry_platform;
comment on function usage.reporter(uuid, uuid) is 'Returns the reporter as text: `key:<id>`, `user:<id>` or an empty string.';

-- Writes one event to the ledger and to the day's sum; returns false when its id is already in the ledger.
-- execute: tenantry_app, tenantry_platform
create function usage.note(organization uuid, event jsonb, at timestamptz) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
    values (organization, event ->> 'id', event ->> 'meter', (event ->> 'quantity')::bigint, (event ->> 'occurredAt')::timestamptz, at, (event ->> 'periodStart')::timestamptz,
            event ->> 'subject', event ->> 'corrects', (event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid, nullif(event -> 'metadata', 'null'))
    on conflict do nothing;
  if not found then return false; end if;
  insert into public.usage_days (organization_id, day, meter, reporter, quantity, events)
    values (organization, ((event ->> 'occurredAt')::timestamptz at time zone 'UTC')::date, event ->> 'meter',
            usage.reporter((event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid), (event ->> 'quantity')::bigint, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = usage_days.quantity + excluded.quantity, events = usage_days.events + 1;
  return true;
end
$$;
revoke all on function usage.note(uuid, jsonb, timestamptz) from public;
grant execute on function usage.note(uuid, jsonb, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.note(uuid, jsonb, timestamptz) is 'Writes one event to the ledger and to the day''s sum; returns false when its id is already in the ledger.';

-- Records that 80 or 100 % of an allowance are used, once in a period, and writes a domain event.
-- execute: tenantry_app, tenantry_platform
create function usage.note_thresholds(organization uuid, of_meter text, starts timestamptz, plan_allowance bigint, at timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  really_used bigint;
  alarm_period timestamptz := case when starts = 'epoch' then date_trunc('month', at, 'UTC') else starts end;
  reached integer;
begin
  if plan_allowance is null or plan_allowance = 0 then return; end if;
  select t.used - t.held into really_used from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
  foreach reached in array array[80, 100] loop
    exit when really_used is null or really_used::numeric * 100 < plan_allowance::numeric * reached;
    continue when exists (select from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = alarm_period and h.percent = reached);
    insert into public.usage_thresholds (organization_id, id, meter, period_start, percent, used, allowance, reached_at)
      values (organization, usage.new_id(at), of_meter, alarm_period, reached, really_used, plan_allowance, at)
      on conflict do nothing;
    continue when not found;
    insert into public.domain_events (organization_id, id, type, occurred_at, data)
      values (organization, usage.new_id(at), 'usage.threshold_reached', at, jsonb_build_object(
        'meter', of_meter, 'periodStart', to_char(alarm_period at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'percent', reached, 'used', really_used, 'limit', plan_allowance));
  end loop;
end
$$;
revoke all on function usage.note_thresholds(uuid, text, timestamptz, bigint, timestamptz) from public;
grant execute on function usage.note_thresholds(uuid, text, timestamptz, bigint, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.note_thresholds(uuid, text, timestamptz, bigint, timestamptz) is 'Records that 80 or 100 % of an allowance are used, once in a period, and writes a domain event.';

-- Closes a reservation: counts the units used and returns the rest; returns the outcome.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance
--
-- Outcomes: `committed`, `repeated`, `closed` (released before), `exceeded` (more was used than it held, or it expired, and
-- there is no room), `reused` (the ledger has another event with its id), `unknown`.
create function usage.commit_reservation(organization uuid, reservation uuid, event jsonb, at timestamptz, ends timestamptz, plan_allowance bigint, burns boolean) returns text
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
  if not found then return 'unknown'; end if;
  if own.status = 'committed' then return case when own.committed = units then 'repeated' else 'closed' end; end if;
  if own.status = 'released' then return 'closed'; end if;
  if units > 0 and exists (select from public.usage_events e where e.organization_id = organization and e.id = reservation::text) then return 'reused'; end if;
  -- An overdue reservation holds nothing, even before the job has expired it.
  if own.status = 'open' and own.expires_at <= at then
    perform usage.expire_reservations(organization, own.meter, at);
    own.status := 'expired';
  end if;
  -- The units that it holds; none after it expired.
  kept := case when own.status = 'open' then own.quantity else 0 end;
  if units > kept and not usage.take(organization, own.meter, units - kept, at, own.period_start, ends, plan_allowance, burns, true) then return 'exceeded'; end if;
  if units < kept then perform usage.give_back(organization, own.meter, own.period_start, kept - units, true, at); end if;
  update public.meter_totals t set held = t.held - units where t.organization_id = organization and t.meter = own.meter and t.period_start = own.period_start;
  if units > 0 then
    if not usage.note(organization, event || jsonb_build_object('id', own.id, 'meter', own.meter, 'periodStart', own.period_start, 'subject', own.subject), at) then
      raise exception 'the id % was used for another meter at the same time', own.id using errcode = 'serialization_failure';
    end if;
    perform usage.note_thresholds(organization, own.meter, own.period_start, plan_allowance, at);
  end if;
  update public.usage_reservations r set status = 'committed', committed = units, closed_at = at where r.organization_id = organization and r.id = own.id;
  return 'committed';
end
$$;
revoke all on function usage.commit_reservation(uuid, uuid, jsonb, timestamptz, timestamptz, bigint, boolean) from public;
grant execute on function usage.commit_reservation(uuid, uuid, jsonb, timestamptz, timestamptz, bigint, boolean) to tenantry_app, tenantry_platform;
comment on function usage.commit_reservation(uuid, uuid, jsonb, timestamptz, timestamptz, bigint, boolean) is 'Closes a reservation: counts the units used and returns the rest; returns the outcome.';

-- Takes the units of an event and writes the event; returns the outcome and the state of the meter.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance
--
-- Outcomes: `taken`, `repeated` (counted before), `reused` (its id belongs to another event), `exceeded` (nothing taken).
create function usage.consume(organization uuid, event jsonb, at timestamptz, ends timestamptz, plan_allowance bigint, burns boolean)
  returns table (outcome text, used bigint, held bigint, from_grants bigint, granted bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := event ->> 'meter';
  units bigint := (event ->> 'quantity')::bigint;
  starts timestamptz := (event ->> 'periodStart')::timestamptz;
  known public.usage_events;
  result text := 'exceeded';
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then
    result := case when known.meter = of_meter and known.quantity = units and known.corrects is null then 'repeated' else 'reused' end;
  elsif usage.take(organization, of_meter, units, at, starts, ends, plan_allowance, burns, false) then
    if usage.note(organization, event, at) then
      result := 'taken';
      perform usage.note_thresholds(organization, of_meter, starts, plan_allowance, at);
    else
      -- The id was used for another meter at the same time.
      perform usage.give_back(organization, of_meter, starts, units, false, at);
      result := 'reused';
    end if;
  end if;
  return query
    select result, coalesce(t.used, 0), coalesce(t.held, 0), coalesce(t.from_grants, 0), usage.granted(organization, of_meter, at)
      from (values (1)) one left join public.meter_totals t on t.organization_id = organization and t.meter = of_meter and t.period_start = starts;
end
$$;
revoke all on function usage.consume(uuid, jsonb, timestamptz, timestamptz, bigint, boolean) from public;
grant execute on function usage.consume(uuid, jsonb, timestamptz, timestamptz, bigint, boolean) to tenantry_app, tenantry_platform;
comment on function usage.consume(uuid, jsonb, timestamptz, timestamptz, bigint, boolean) is 'Takes the units of an event and writes the event; returns the outcome and the state of the meter.';

-- Returns the largest quantity that a reporter reported at once on a day and that was not corrected.
-- execute: tenantry_app, tenantry_platform
create function usage.day_maximum(of_day public.usage_days) returns bigint
  language sql stable
  set search_path = pg_catalog
  as $$
select coalesce(max(e.quantity), 0) from public.usage_events e
 where e.organization_id = of_day.organization_id and e.meter = of_day.meter and e.quantity > 0
   and e.occurred_at >= of_day.day::timestamp at time zone 'UTC' and e.occurred_at < (of_day.day + 1)::timestamp at time zone 'UTC'
   and usage.reporter(e.user_id, e.api_key_id) = of_day.reporter
   and not exists (select from public.usage_events c where c.organization_id = e.organization_id and c.corrects = e.id)
$$;
revoke all on function usage.day_maximum(public.usage_days) from public;
grant execute on function usage.day_maximum(public.usage_days) to tenantry_app, tenantry_platform;
comment on function usage.day_maximum(public.usage_days) is 'Returns the largest quantity that a reporter reported at once on a day and that was not corrected.';

-- Corrects an event by a counter-event; returns the outcome.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
--
-- Outcomes: `corrected`, `repeated`, `reused`, `unknown` (no such event), `too_late`, `too_much` (more than remains of it),
-- `whole_only` (meters that do not add up can only lose an entire event).
create function usage.correct(organization uuid, event jsonb, aggregation text, at timestamptz, oldest timestamptz) returns text
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  original public.usage_events;
  known public.usage_events;
  units bigint := -(event ->> 'quantity')::bigint;
  corrected bigint;
  counted bigint;
begin
  perform usage.lock_meters(organization, array[event ->> 'meter']);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then return case when known.corrects = event ->> 'corrects' and known.quantity = -units then 'repeated' else 'reused' end; end if;
  select * into original from public.usage_events e where e.organization_id = organization and e.id = event ->> 'corrects';
  if not found or original.corrects is not null or original.meter <> event ->> 'meter' then return 'unknown'; end if;
  if original.occurred_at < oldest then return 'too_late'; end if;
  -- A reset has already taken the units back.
  if exists (
    select from public.usage_events r
     where r.organization_id = organization and r.meter = original.meter and r.period_start = original.period_start and r.received_at >= original.received_at
       and r.user_id is null and r.api_key_id is null and r.corrects is null and r.id like 'reset:%')
  then
    return 'too_late';
  end if;
  select coalesce(-sum(e.quantity), 0) into corrected from public.usage_events e where e.organization_id = organization and e.corrects = original.id;
  if corrected + units > original.quantity then return 'too_much'; end if;
  if aggregation <> 'sum' and units <> original.quantity then return 'whole_only'; end if;
  select t.used - t.held into counted from public.meter_totals t
   where t.organization_id = organization and t.meter = original.meter and t.period_start = original.period_start for update;
  -- The gauge was lowered after the event.
  if aggregation = 'sum' and counted < units then return 'too_much'; end if;

  insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, corrects, user_id, api_key_id, metadata)
    values (organization, event ->> 'id', original.meter, -units, original.occurred_at, at, original.period_start, original.subject, original.id,
            (event ->> 'userId')::uuid, (event ->> 'apiKeyId')::uuid, nullif(event -> 'metadata', 'null'))
    on conflict do nothing;
  -- The id was used for another meter at the same time.
  if not found then return 'reused'; end if;
  if aggregation = 'max' then
    perform usage.give_back(organization, original.meter, original.period_start, greatest(0, counted - (
      select coalesce(max(e.quantity), 0) from public.usage_events e
       where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.quantity > 0
         and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))), false, at);
  elsif aggregation = 'unique' then
    if original.subject is not null and not exists (
      select from public.usage_events e
       where e.organization_id = organization and e.meter = original.meter and e.period_start = original.period_start and e.subject = original.subject and e.corrects is null
         and not exists (select from public.usage_events c where c.organization_id = organization and c.corrects = e.id))
    then
      delete from public.usage_subjects s
       where s.organization_id = organization and s.meter = original.meter and s.period_start = original.period_start and s.subject = original.subject;
      if found then perform usage.give_back(organization, original.meter, original.period_start, 1, false, at); end if;
    end if;
  else
    perform usage.give_back(organization, original.meter, original.period_start, case aggregation when 'count' then 1 else units end, false, at);
  end if;
  update public.usage_days d
     set quantity = case aggregation when 'sum' then d.quantity - units when 'max' then usage.day_maximum(d) else d.quantity - 1 end
   where d.organization_id = organization and d.day = (original.occurred_at at time zone 'UTC')::date and d.meter = original.meter
     and d.reporter = usage.reporter(original.user_id, original.api_key_id);
  return 'corrected';
end
$$;
revoke all on function usage.correct(uuid, jsonb, text, timestamptz, timestamptz) from public;
grant execute on function usage.correct(uuid, jsonb, text, timestamptz, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.correct(uuid, jsonb, text, timestamptz, timestamptz) is 'Corrects an event by a counter-event; returns the outcome.';

-- Drops the partitions of the request log of months before the month of a date; returns how many.
-- execute: tenantry_platform
create function usage.drop_partitions(before date) returns integer
  language plpgsql security definer
  set search_path = pg_catalog
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
revoke all on function usage.drop_partitions(date) from public;
grant execute on function usage.drop_partitions(date) to tenantry_platform;
comment on function usage.drop_partitions(date) is 'Drops the partitions of the request log of months before the month of a date; returns how many.';

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
revoke all on function usage.lock_totals(uuid, text[]) from public;
grant execute on function usage.lock_totals(uuid, text[]) to tenantry_app, tenantry_platform;
comment on function usage.lock_totals(uuid, text[]) is 'Locks the totals of meters in the order of their names: the second lock of concurrent batches.';

-- Creates the partition of the request log for a month; reports whether it was missing.
-- execute: tenantry_platform
--
-- Partitions are in a schema that no role may use: they are reached through the table only.
create function usage.make_partition(month date) returns boolean
  language plpgsql security definer
  set search_path = pg_catalog
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
  if to_regclass('partitions.' || name) is not null then return false; end if;
  execute format('create table partitions.%I partition of public.request_log for values from (%L) to (%L)',
    name, first_day::timestamp at time zone 'UTC', (first_day + interval '1 month')::timestamp at time zone 'UTC');
  execute format('alter table partitions.%I enable row level security', name);
  execute format('alter table partitions.%I force row level security', name);
  return true;
end
$$;
revoke all on function usage.make_partition(date) from public;
grant execute on function usage.make_partition(date) to tenantry_platform;
comment on function usage.make_partition(date) is 'Creates the partition of the request log for a month; reports whether it was missing.';

-- Writes requests of all organizations, each once by its id, and the sums of their days; returns how many were new.
-- execute: tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: users, api_keys
--
-- Organizations that were deleted meanwhile are skipped. Rows are sorted, so that replicas wait in one order.
create function usage.log_requests(organizations uuid[], ids uuid[], times timestamptz[], methods text[], endpoints text[], statuses integer[], durations integer[],
                                   tokens bigint[], users uuid[], api_keys uuid[], requests text[]) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  month date;
  written integer;
begin
  -- The job creates partitions in advance; it may not run in this installation.
  for month in select distinct date_trunc('month', given.at at time zone 'UTC')::date from unnest(times) as given (at) loop
    perform usage.make_partition(month);
  end loop;
  with living as materialized (
    select o.id from public.organizations o where o.id = any(organizations) order by o.id for key share),
  logged as (
    insert into public.request_log (organization_id, id, at, method, endpoint, status, duration, tokens, user_id, api_key_id, request_id)
      select e.* from unnest(organizations, ids, times, methods, endpoints, statuses, durations, tokens, users, api_keys, requests)
          as e (organization_id, id, at, method, endpoint, status, duration, tokens, user_id, api_key_id, request_id)
        join living on living.id = e.organization_id
      on conflict do nothing
      returning *),
  days as (
    insert into public.request_days as d (organization_id, day, method, endpoint, caller, requests, failures, duration, tokens)
      select l.organization_id, (l.at at time zone 'UTC')::date, l.method, l.endpoint, usage.reporter(l.user_id, l.api_key_id),
             count(*), count(*) filter (where l.status >= 400), sum(l.duration), sum(l.tokens)
        from logged l group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
      on conflict (organization_id, day, method, endpoint, caller) do update
        set requests = d.requests + excluded.requests, failures = d.failures + excluded.failures, duration = d.duration + excluded.duration, tokens = d.tokens + excluded.tokens)
  select count(*) into written from logged;
  return written;
end
$$;
revoke all on function usage.log_requests(uuid[], uuid[], timestamptz[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) from public;
grant execute on function usage.log_requests(uuid[], uuid[], timestamptz[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) to tenantry_platform;
comment on function usage.log_requests(uuid[], uuid[], timestamptz[], text[], text[], integer[], integer[], bigint[], uuid[], uuid[], text[]) is 'Writes requests of all organizations, each once by its id, and the sums of their days; returns how many were new.';

-- Returns the day on which the monthly period begins; `first_day` is the first of that month.
-- execute: tenantry_platform
create function usage.month_begins(first_day date, anchor_day integer) returns date
  language sql immutable parallel safe
  return first_day + (least(anchor_day, extract(day from first_day + interval '1 month' - interval '1 day')::integer) - 1);
revoke all on function usage.month_begins(date, integer) from public;
grant execute on function usage.month_begins(date, integer) to tenantry_platform;
comment on function usage.month_begins(date, integer) is 'Returns the day on which the monthly period begins; `first_day` is the first of that month.';

-- Returns the beginning of the period that contains a moment.
-- execute: tenantry_platform
--
-- src/modules/usage has the same rule in TypeScript; a test compares the two.
create function usage.period_begins(period text, at timestamptz, anchor_day integer) returns timestamptz
  language sql stable parallel safe
  return case period
    when 'day' then date_trunc('day', at, 'UTC')
    when 'month' then
      case when usage.month_begins(date_trunc('month', at at time zone 'UTC')::date, anchor_day) <= (at at time zone 'UTC')::date
        then usage.month_begins(date_trunc('month', at at time zone 'UTC')::date, anchor_day)
        else usage.month_begins((date_trunc('month', at at time zone 'UTC') - interval '1 month')::date, anchor_day)
      end::timestamp at time zone 'UTC'
    else 'epoch'::timestamptz end;
revoke all on function usage.period_begins(text, timestamptz, integer) from public;
grant execute on function usage.period_begins(text, timestamptz, integer) to tenantry_platform;
comment on function usage.period_begins(text, timestamptz, integer) is 'Returns the beginning of the period that contains a moment.';

-- Returns what organizations (null: all that are not deleted) used of each meter in its current period, and may use.
-- execute: tenantry_platform
--
-- `meters`: key, kind, period and tracks of each. `plans`: for each plan its limits by meter (null is unlimited), and under
-- '' those of a plan that no longer exists. `per_unit`: for each add-on what one of it adds, by meter.
create function usage.readings(only_of uuid[], meters jsonb, plans jsonb, at timestamptz, per_unit jsonb default '{}')
  returns table (organization_id uuid, meter text, period_start timestamptz, used bigint, held bigint, allowance bigint, from_grants bigint, granted bigint)
  language sql stable
  set search_path = pg_catalog
  as $$
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
revoke all on function usage.readings(uuid[], jsonb, jsonb, timestamptz, jsonb) from public;
grant execute on function usage.readings(uuid[], jsonb, jsonb, timestamptz, jsonb) to tenantry_platform;
comment on function usage.readings(uuid[], jsonb, jsonb, timestamptz, jsonb) is 'Returns what organizations (null: all that are not deleted) used of each meter in its current period, and may use.';

-- Records the thresholds of meters that tenantry counts itself (members), of all organizations; returns how many.
-- execute: tenantry_platform
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
revoke all on function usage.note_tracked_thresholds(jsonb, jsonb, timestamptz, jsonb) from public;
grant execute on function usage.note_tracked_thresholds(jsonb, jsonb, timestamptz, jsonb) to tenantry_platform;
comment on function usage.note_tracked_thresholds(jsonb, jsonb, timestamptz, jsonb) is 'Records the thresholds of meters that tenantry counts itself (members), of all organizations; returns how many.';

-- Counts a batch of events, each once by its id, regardless of limits; returns how many were new.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, subjects, metadata, reporter_user, reporter_key
--
-- `rules`: for each meter its aggregation and the plan's allowance. `corrections`: events that correct others; one that
-- cannot be applied raises TN001 with its `index` and the problem.
create function usage.record(organization uuid, ids text[], meters text[], quantities bigint[], occurred timestamptz[], starts timestamptz[], ends timestamptz[],
                             subjects text[], metadata jsonb[], reporter_user uuid, reporter_key uuid, rules jsonb, corrections jsonb, at timestamptz, oldest timestamptz) returns integer
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total record;
  counted jsonb;
  new_events integer := 0;
  beyond bigint;
  burnt bigint;
  correction jsonb;
  result text;
begin
  -- Corrections read the ledger, and need the lock exclusively.
  perform usage.lock_meters(organization, meters || array(select c.value ->> 'meter' from jsonb_array_elements(corrections) c), jsonb_array_length(corrections) = 0);
  with accepted as (
    -- In one order, so that reports of the same ids do not deadlock.
    insert into public.usage_events as e (organization_id, id, meter, quantity, occurred_at, received_at, period_start, subject, user_id, api_key_id, metadata)
      select organization, i.id, i.meter, i.quantity, i.occurred_at, at, i.period_start, i.subject, reporter_user, reporter_key, i.metadata
        from unnest(ids, meters, quantities, occurred, starts, subjects, metadata) as i (id, meter, quantity, occurred_at, period_start, subject, metadata)
       order by i.id collate "C"
      on conflict do nothing
      returning e.meter, e.quantity, e.occurred_at, e.period_start, e.subject),
  of_days as (
    select a.meter, a.period_start, (a.occurred_at at time zone 'UTC')::date as day, count(*) as events, sum(a.quantity) as total, max(a.quantity) as most,
           case when rules -> a.meter ->> 'aggregation' = 'unique' then array_agg(distinct a.subject) end as subjects
      from accepted a group by 1, 2, 3)
  select jsonb_agg(to_jsonb(d)) into counted from of_days d;
  perform usage.lock_totals(organization, meters);
  for total in
    with rule as materialized (
      select r.key as meter, r.value ->> 'aggregation' as aggregation, (r.value ->> 'allowance')::bigint as allowance from jsonb_each(rules) r),
    period as materialized (
      select i.meter, i.period_start, max(i.period_end) as period_end from unnest(meters, starts, ends) as i (meter, period_start, period_end) group by 1, 2),
    of_days as materialized (
      select * from jsonb_to_recordset(counted) as d (meter text, period_start timestamptz, day date, events bigint, total numeric, most bigint, subjects text[])),
    new_subjects as (
      insert into public.usage_subjects as s (organization_id, meter, period_start, subject)
        select distinct organization, d.meter, d.period_start, subject from of_days d cross join unnest(d.subjects) subject where subject is not null
        on conflict do nothing
        returning s.meter, s.period_start),
    sums as (
      select d.meter, d.period_start, r.aggregation, r.allowance, sum(d.events) as events,
             case r.aggregation
               when 'count' then sum(d.events)
               when 'max' then max(d.most)
               when 'unique' then (select count(*) from new_subjects n where n.meter = d.meter and n.period_start = d.period_start)
               else sum(d.total) end::bigint as units
        from of_days d join rule r using (meter) group by d.meter, d.period_start, r.aggregation, r.allowance),
    days as (
      insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
        select organization, o.day, o.meter, usage.reporter(reporter_user, reporter_key),
               case r.aggregation when 'max' then max(o.most) when 'sum' then sum(o.total) else sum(o.events) end, sum(o.events)
          from of_days o join rule r using (meter) group by o.day, o.meter, r.aggregation
        on conflict (organization_id, day, meter, reporter) do update
          set quantity = case rules -> d.meter ->> 'aggregation' when 'max' then greatest(d.quantity, excluded.quantity) else d.quantity + excluded.quantity end,
              events = d.events + excluded.events),
    totals as (
      insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, used, created_at, updated_at)
        select organization, usage.new_id(at), s.meter, s.period_start, p.period_end, s.units, at, at
          from sums s join period p using (meter, period_start) order by s.meter, s.period_start
        on conflict (organization_id, meter, period_start) do update
          set used = case rules -> t.meter ->> 'aggregation' when 'max' then greatest(t.used, excluded.used) else t.used + excluded.used end, updated_at = at
        returning t.id, t.meter, t.period_start, t.used, t.from_grants)
    select totals.*, sums.events, sums.allowance from totals join sums using (meter, period_start) order by totals.meter, totals.period_start
  loop
    new_events := new_events + total.events;
    continue when total.allowance is null;
    if total.used - total.from_grants > total.allowance then
      perform usage.end_overdue(organization, array[total.meter], at);
      select greatest(0, t.used - t.from_grants - total.allowance) into beyond from public.meter_totals t where t.organization_id = organization and t.id = total.id;
      burnt := usage.burn(organization, total.meter, beyond, at);
      if burnt > 0 then update public.meter_totals t set from_grants = t.from_grants + burnt where t.organization_id = organization and t.id = total.id; end if;
    end if;
    perform usage.note_thresholds(organization, total.meter, total.period_start, total.allowance, at);
  end loop;
  for correction in select value from jsonb_array_elements(corrections) loop
    result := usage.correct(organization, correction, rules -> (correction ->> 'meter') ->> 'aggregation', at, oldest);
    if result = 'corrected' then
      new_events := new_events + 1;
    elsif result <> 'repeated' then
      raise exception 'an event cannot be corrected' using errcode = 'TN001', detail = jsonb_build_object('index', correction -> 'index', 'problem', result);
    end if;
  end loop;
  return new_events;
end
$$;
revoke all on function usage.record(uuid, text[], text[], bigint[], timestamptz[], timestamptz[], timestamptz[], text[], jsonb[], uuid, uuid, jsonb, jsonb, timestamptz, timestamptz) from public;
grant execute on function usage.record(uuid, text[], text[], bigint[], timestamptz[], timestamptz[], timestamptz[], text[], jsonb[], uuid, uuid, jsonb, jsonb, timestamptz, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.record(uuid, text[], text[], bigint[], timestamptz[], timestamptz[], timestamptz[], text[], jsonb[], uuid, uuid, jsonb, jsonb, timestamptz, timestamptz) is 'Counts a batch of events, each once by its id, regardless of limits; returns how many were new.';

-- Lowers a gauge by the units of an event; returns the outcome.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
--
-- Outcomes: `released`, `too_much` (the gauge is lower than that), `repeated` (lowered before), `reused` (the id belongs to
-- another event).
create function usage.release(organization uuid, event jsonb, at timestamptz) returns text
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  of_meter text := event ->> 'meter';
  units bigint := -(event ->> 'quantity')::bigint;
  stands bigint;
  known public.usage_events;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into known from public.usage_events e where e.organization_id = organization and e.id = event ->> 'id';
  if found then return case when known.meter = of_meter and known.quantity = -units and known.corrects is null then 'repeated' else 'reused' end; end if;
  select t.used - t.held into stands from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = 'epoch' for update;
  if stands is null or stands < units then return 'too_much'; end if;
  if not usage.note(organization, event, at) then return 'reused'; end if;
  perform usage.give_back(organization, of_meter, 'epoch', units, false, at);
  return 'released';
end
$$;
revoke all on function usage.release(uuid, jsonb, timestamptz) from public;
grant execute on function usage.release(uuid, jsonb, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.release(uuid, jsonb, timestamptz) is 'Lowers a gauge by the units of an event; returns the outcome.';

-- Returns the units of an open reservation; reports whether it was open.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
create function usage.release_reservation(organization uuid, reservation uuid, at timestamptz) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  own public.usage_reservations;
begin
  perform usage.lock_meters(organization, array(select r.meter from public.usage_reservations r where r.organization_id = organization and r.id = reservation));
  update public.usage_reservations r set status = 'released', closed_at = at where r.organization_id = organization and r.id = reservation and r.status = 'open' returning * into own;
  if not found then return false; end if;
  perform usage.give_back(organization, own.meter, own.period_start, own.quantity, true, at);
  return true;
end
$$;
revoke all on function usage.release_reservation(uuid, uuid, timestamptz) from public;
grant execute on function usage.release_reservation(uuid, uuid, timestamptz) to tenantry_app, tenantry_platform;
comment on function usage.release_reservation(uuid, uuid, timestamptz) is 'Returns the units of an open reservation; reports whether it was open.';

-- Reserves units for long work; returns the reservation's id, or null when there is no room.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance, returns reserve
create function usage.reserve(organization uuid, reservation jsonb, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint, burns boolean) returns uuid
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  own_id uuid := usage.new_id(at);
  units bigint := (reservation ->> 'quantity')::bigint;
begin
  perform usage.lock_meters(organization, array[reservation ->> 'meter']);
  if not usage.take(organization, reservation ->> 'meter', units, at, starts, ends, plan_allowance, burns, true) then return null; end if;
  insert into public.usage_reservations (organization_id, id, meter, period_start, quantity, subject, user_id, api_key_id, expires_at, created_at)
    values (organization, own_id, reservation ->> 'meter', starts, units, reservation ->> 'subject', (reservation ->> 'userId')::uuid, (reservation ->> 'apiKeyId')::uuid,
            at + make_interval(secs => (reservation ->> 'ttlSeconds')::integer), at);
  return own_id;
end
$$;
revoke all on function usage.reserve(uuid, jsonb, timestamptz, timestamptz, timestamptz, bigint, boolean) from public;
grant execute on function usage.reserve(uuid, jsonb, timestamptz, timestamptz, timestamptz, bigint, boolean) to tenantry_app, tenantry_platform;
comment on function usage.reserve(uuid, jsonb, timestamptz, timestamptz, timestamptz, bigint, boolean) is 'Reserves units for long work; returns the reservation''s id, or null when there is no room.';

-- Resets the usage of a counter in a period by a counter-event; returns the units taken back.
-- execute: tenantry_platform
--
-- Held units stay. The thresholds of the period can be reached again. `rules`: aggregation, tracks and reason.
create function usage.reset_counter(organization uuid, of_meter text, starts timestamptz, rules jsonb, at timestamptz) returns bigint
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  units bigint;
  event jsonb;
begin
  perform usage.lock_meters(organization, array[of_meter]);
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  units := coalesce(total.used - total.held, 0);
  delete from public.usage_thresholds h where h.organization_id = organization and h.meter = of_meter and h.period_start = starts;
  if units = 0 then return 0; end if;
  event := jsonb_build_object('id', 'reset:' || usage.new_id(at), 'meter', of_meter, 'quantity', -units, 'occurredAt', at, 'periodStart', starts,
    'metadata', jsonb_build_object('kind', 'correction', 'reason', rules ->> 'reason'));
  if rules ->> 'aggregation' in ('sum', 'count') and rules ->> 'tracks' is null then
    perform usage.note(organization, event, at);
  else
    -- A reset does not lower the maximum or the number of subjects of a day; requests have their own days.
    insert into public.usage_events (organization_id, id, meter, quantity, occurred_at, received_at, period_start, metadata)
      values (organization, event ->> 'id', of_meter, -units, at, at, starts, event -> 'metadata');
  end if;
  delete from public.usage_subjects s where s.organization_id = organization and s.meter = of_meter and s.period_start = starts;
  perform usage.give_back(organization, of_meter, starts, units, false, at);
  perform audit.tell(organization, 'meter_totals', total.id::text, jsonb_build_object('meter', of_meter, 'used', total.used), jsonb_build_object('meter', of_meter, 'used', total.held));
  return units;
end
$$;
revoke all on function usage.reset_counter(uuid, text, timestamptz, jsonb, timestamptz) from public;
grant execute on function usage.reset_counter(uuid, text, timestamptz, jsonb, timestamptz) to tenantry_platform;
comment on function usage.reset_counter(uuid, text, timestamptz, jsonb, timestamptz) is 'Resets the usage of a counter in a period by a counter-event; returns the units taken back.';

-- Writes the requests of all organizations that a replica counted in memory, once for each batch id.
-- execute: tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, allowances
--
-- Rows are sorted, so that replicas wait for each other in one order. Organizations that were deleted meanwhile are
-- skipped. Of lots, spent units are no longer held and unspent units are returned; requests without a limit are added up.
-- Returns false when the batch was written before.
create function usage.settle(batch uuid, of_meter text, at timestamptz,
                             organizations uuid[], starts timestamptz[], ends timestamptz[], allowances bigint[], of_lots boolean[], spent bigint[], unspent bigint[],
                             day_organizations uuid[], days date[], reporters text[], quantities bigint[]) returns boolean
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  entry record;
  still_held bigint;
begin
  insert into public.usage_settlements (id, settled_at) values (batch, at) on conflict do nothing;
  if not found then return false; end if;
  -- Locks the organizations, so that none is deleted while its rows are written.
  perform from public.organizations o where o.id = any(organizations) order by o.id for key share;
  for entry in
    select e.* from unnest(organizations, starts, ends, allowances, of_lots, spent, unspent) as e (organization, starts, ends, allowance, of_lot, spent, unspent)
     where exists (select from public.organizations o where o.id = e.organization) order by e.organization, e.starts
  loop
    if entry.of_lot then
      update public.meter_totals t set held = greatest(0, t.held - entry.spent), updated_at = at
       where t.organization_id = entry.organization and t.meter = of_meter and t.period_start = entry.starts returning t.held into still_held;
      if least(entry.unspent, still_held) > 0 then perform usage.give_back(entry.organization, of_meter, entry.starts, least(entry.unspent, still_held), true, at); end if;
    else
      insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, used, created_at, updated_at)
        values (entry.organization, usage.new_id(at), of_meter, entry.starts, entry.ends, entry.spent, at, at)
        on conflict (organization_id, meter, period_start) do update set used = t.used + excluded.used, updated_at = at;
    end if;
    if entry.spent > 0 then perform usage.note_thresholds(entry.organization, of_meter, entry.starts, entry.allowance, at); end if;
  end loop;
  insert into public.usage_days as d (organization_id, day, meter, reporter, quantity, events)
    select u.organization, u.day, of_meter, u.reporter, sum(u.quantity), sum(u.quantity)
      from unnest(day_organizations, days, reporters, quantities) as u (organization, day, reporter, quantity)
     where exists (select from public.organizations o where o.id = u.organization)
     group by u.organization, u.day, u.reporter order by u.organization, u.day, u.reporter
    on conflict (organization_id, day, meter, reporter) do update set quantity = d.quantity + excluded.quantity, events = d.events + excluded.events;
  return true;
end
$$;
revoke all on function usage.settle(uuid, text, timestamptz, uuid[], timestamptz[], timestamptz[], bigint[], boolean[], bigint[], bigint[], uuid[], date[], text[], bigint[]) from public;
grant execute on function usage.settle(uuid, text, timestamptz, uuid[], timestamptz[], timestamptz[], bigint[], boolean[], bigint[], bigint[], uuid[], date[], text[], bigint[]) to tenantry_platform;
comment on function usage.settle(uuid, text, timestamptz, uuid[], timestamptz[], timestamptz[], bigint[], boolean[], bigint[], bigint[], uuid[], date[], text[], bigint[]) is 'Writes the requests of all organizations that a replica counted in memory, once for each batch id.';

-- Takes a lot of units for requests to come, and holds them until usage.settle reports what became of them.
-- execute: tenantry_app, tenantry_platform
-- wrapper: src/modules/usage/usage.functions.ts
-- nullable: ends, plan_allowance
--
-- As many of the `wanted` units as there is room for, but at most a twentieth of the room, so that other replicas find
-- some too. Returns the units and the state of the meter.
create function usage.take_lot(organization uuid, of_meter text, wanted bigint, at timestamptz, starts timestamptz, ends timestamptz, plan_allowance bigint)
  returns table (units bigint, used bigint, held bigint, from_grants bigint, granted bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  total public.meter_totals;
  of_plan bigint;
  room bigint;
  lot bigint;
  beyond bigint := 0;
begin
  insert into public.meter_totals as t (organization_id, id, meter, period_start, period_end, created_at, updated_at)
    values (organization, usage.new_id(at), of_meter, starts, ends, at, at)
    on conflict do nothing;
  select * into total from public.meter_totals t where t.organization_id = organization and t.meter = of_meter and t.period_start = starts for update;
  -- Negative when the limit was lowered below the usage: grants cover that first.
  of_plan := plan_allowance - (total.used - total.from_grants);
  -- Another transaction may be revoking a grant.
  if of_plan < wanted then perform 1 from public.usage_grants g where g.organization_id = organization and g.meter = of_meter order by g.id for update; end if;
  room := greatest(0, of_plan + usage.granted(organization, of_meter, at));
  lot := least(wanted, greatest(1, room / 20), room);
  if lot > 0 then
    beyond := greatest(0, lot - of_plan);
    if beyond > 0 then perform usage.burn(organization, of_meter, beyond, at); end if;
    update public.meter_totals t set used = t.used + lot, held = t.held + lot, from_grants = t.from_grants + beyond, updated_at = at
     where t.organization_id = organization and t.id = total.id returning * into total;
  end if;
  return query select lot, total.used, total.held, total.from_grants, usage.granted(organization, of_meter, at);
end
$$;
revoke all on function usage.take_lot(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint) from public;
grant execute on function usage.take_lot(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint) to tenantry_app, tenantry_platform;
comment on function usage.take_lot(uuid, text, bigint, timestamptz, timestamptz, timestamptz, bigint) is 'Takes a lot of units for requests to come, and holds them until usage.settle reports what became of them.';

-- The partitions of the coming months; a job creates the later ones.
select usage.make_partition((current_date + make_interval(months => ahead))::date) from generate_series(0, 2) ahead;
