-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused');

-- CreateEnum
CREATE TYPE "billing_interval" AS ENUM ('month', 'year');

-- CreateEnum
CREATE TYPE "invoice_status" AS ENUM ('open', 'paid', 'void', 'uncollectible');

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "suspended_by" TEXT;

-- CreateTable
CREATE TABLE "subscriptions" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "plan" TEXT NOT NULL,
    "status" "subscription_status" NOT NULL,
    "interval" "billing_interval" NOT NULL DEFAULT 'month',
    "currency" TEXT,
    "seats" INTEGER,
    "provider" TEXT NOT NULL DEFAULT 'manual',
    "provider_customer_id" TEXT,
    "provider_subscription_id" TEXT,
    "trial_ends_at" TIMESTAMPTZ(3),
    "renews_after_trial" BOOLEAN NOT NULL DEFAULT false,
    "trial_reminded_days" INTEGER,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3),
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "canceled_at" TIMESTAMPTZ(3),
    "past_due_since" TIMESTAMPTZ(3),
    "past_due_reminders" INTEGER NOT NULL DEFAULT 0,
    "next_plan" TEXT,
    "next_interval" "billing_interval",
    "next_seats" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "status" "invoice_status" NOT NULL DEFAULT 'open',
    "currency" TEXT NOT NULL,
    "total" BIGINT NOT NULL,
    "provider" TEXT NOT NULL DEFAULT 'manual',
    "provider_invoice_id" TEXT,
    "url" TEXT,
    "billed_to" JSONB NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoice_lines" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "provider_events" (
    "provider" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object_id" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handled_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "result" JSONB,

    CONSTRAINT "provider_events_pkey" PRIMARY KEY ("provider","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_provider_customer_id_key" ON "subscriptions"("provider_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_provider_subscription_id_key" ON "subscriptions"("provider_subscription_id");

-- CreateIndex
CREATE INDEX "subscriptions_status_trial_ends_at_idx" ON "subscriptions"("status", "trial_ends_at");

-- CreateIndex
CREATE INDEX "subscriptions_status_period_end_idx" ON "subscriptions"("status", "period_end");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_organization_id_key" ON "subscriptions"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_provider_invoice_id_key" ON "invoices"("provider_invoice_id");

-- CreateIndex
CREATE INDEX "invoices_status_due_at_idx" ON "invoices"("status", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_organization_id_number_key" ON "invoices"("organization_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_lines_organization_id_invoice_id_position_key" ON "invoice_lines"("organization_id", "invoice_id", "position");

-- CreateIndex
CREATE INDEX "provider_events_handled_at_idx" ON "provider_events"("handled_at");

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- What must hold whoever writes.
alter table subscriptions
  add constraint subscriptions_seats_check check (seats > 0 and next_seats > 0),
  add constraint subscriptions_period_check check (period_end > period_start),
  add constraint subscriptions_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint subscriptions_provider_check check (provider in ('manual', 'stripe')),
  add constraint subscriptions_trial_check check (status <> 'trialing' or trial_ends_at is not null),
  add constraint subscriptions_past_due_check check ((status in ('past_due', 'unpaid')) <= (past_due_since is not null));
alter table invoices
  add constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint invoices_paid_check check ((status = 'paid') = (paid_at is not null));
alter table organizations
  add constraint organizations_suspended_by_check check (suspended_by in ('operator', 'billing'));
-- The owner of the tables sees no rows of theirs while row security is forced.
alter table organizations no force row level security;
update organizations set suspended_by = 'operator' where suspended_at is not null;

-- Seats that are bought decide who may become a member, and are cached with the rest of what decides about access.
create function app.seats_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats then
    update public.organizations set access_version = access_version + 1 where id = new.organization_id;
  end if;
  return null;
end
$$;
create trigger seats_changed after insert or update of seats on subscriptions for each row execute function app.seats_changed();

-- Every organization has one.
insert into subscriptions (organization_id, id, plan, status, trial_ends_at, period_start, period_end, updated_at)
  select o.id, usage.new_id(now()), o.plan, case when tried then 'trialing' else 'active' end::subscription_status,
         o.trial_ends_at, o.created_at, case when tried then greatest(o.trial_ends_at, o.created_at + interval '1 second') end, now()
    from organizations o
   cross join lateral (select o.status in ('trial', 'pending') and o.trial_ends_at is not null as tried) t;
alter table organizations force row level security;

-- The audit log leaves out the inbox of events too.
create or replace function audit.left_out() returns table (name text, reason text)
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
values
  ('mail_messages', 'The outbox: a mail follows from a change that is recorded, and is personal data.'),
  ('meter_totals', 'Counted up with each use.'),
  ('usage_events', 'The ledger of usage: append-only, and tells who reported what when.'),
  ('usage_subjects', 'Follows from the ledger of usage.'),
  ('usage_days', 'Follows from the ledger of usage.'),
  ('usage_reservations', 'Units held for a while; what is used of them is in the ledger of usage.'),
  ('usage_leases', 'Units in use for a while, prolonged by heartbeats.'),
  ('request_log', 'A record of requests itself.'),
  ('request_days', 'Follows from the request log.'),
  ('domain_events', 'The outbox of webhooks: follows from a change that is recorded.'),
  ('usage_settlements', 'Says only which batch of counted requests was written.'),
  ('provider_events', 'The inbox of a payment provider: what follows from an event is recorded.'),
  ('job_runs', 'Says only that a job ran; what it changed is recorded, and told as the job''s.'),
  ('access_log', 'What was read: append-only itself, and no change of state.'),
  ('access_log_records', 'Of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; what they refuse is recorded as refused.'),
  ('refresh_tokens', 'Each use of one is a change of its session, which is recorded.'),
  ('.updated_at', 'Says only that something else changed.'),
  ('.access_version', 'Counted up by triggers with changes that are recorded themselves.'),
  ('.last_used_at', 'Noted with each use, off the request.'),
  ('.last_used_ip', 'Noted with each use, off the request.'),
  ('.use_count', 'Noted with each use, off the request.'),
  ('.last_login_at', 'The session that begins is recorded.'),
  ('.last_step', 'The last code of a second factor that was used; the session that begins is recorded.'),
  ('.burnt', 'Counted up with each use.'),
  ('.mailed_at', 'Says only that somebody was written to.')
$$;

-- Row security, policies and grants.
select app.protect_tenant_table('subscriptions');
select app.protect_tenant_table('invoices');
select app.protect_tenant_table('invoice_lines');
select app.protect_global_table('provider_events');

-- What is owed and agreed is written by services of billing, as the platform: an organization reads its own.
revoke insert, update, delete on subscriptions, invoices, invoice_lines from tenantry_app;

-- As before, and to whom invoices are written.
create or replace function audit.redacted(document jsonb) returns jsonb
  language plpgsql immutable parallel safe strict
  as $$
begin
  return case jsonb_typeof(document)
    when 'object' then (
      select coalesce(jsonb_object_agg(key,
               case when jsonb_typeof(value) = 'null' then value
                    when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                    when key ~ 'hash|secret|token|sealed|password|content|private' and key !~ '_(at|days|attempts|enabled|required)$' then '"[redacted]"'
                    -- Only who may manage billing sees to whom invoices are written; who reads the log may not.
                    when key in ('billing_email', 'billing_address', 'tax_id', 'billed_to') then '"[redacted]"'
                    when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value)
                    else value end), '{}')
        from jsonb_each(document))
    when 'array' then (
      select coalesce(jsonb_agg(case when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value) else value end order by n), '[]')
        from jsonb_array_elements(document) with ordinality as each (value, n))
    else document end;
end
$$;

-- Events of a payment provider are worked off by the queue: ten tries with growing pauses, the last one about four hours
-- after the first. Comparing everything takes longer than one event. The owner writes no rows of a table whose row security is forced.
alter table pgboss.queue no force row level security;
select pgboss.create_queue('provider_events', '{"policy": "standard", "retryLimit": 10, "retryDelay": 15, "retryBackoff": true, "expireInSeconds": 300, "retentionMinutes": 10080}');
select pgboss.create_queue('provider_sweeps', '{"policy": "standard", "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "expireInSeconds": 3600, "retentionMinutes": 1440}');
alter table pgboss.queue force row level security;
select app.force_row_security(c.oid) from pg_class c where c.relnamespace = 'pgboss'::regnamespace and c.relkind = 'r' and not c.relforcerowsecurity;
