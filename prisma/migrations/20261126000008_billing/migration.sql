-- Subscriptions, invoices and events of the payment provider.

CREATE TYPE "subscription_status" AS ENUM ('trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused');
CREATE TYPE "billing_interval" AS ENUM ('month', 'year');
CREATE TYPE "invoice_status" AS ENUM ('open', 'paid', 'void', 'uncollectible');

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
    "provider_detached" BOOLEAN NOT NULL DEFAULT false,
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
    "add_ons" JSONB NOT NULL DEFAULT '[]',
    "next_add_ons" JSONB NOT NULL DEFAULT '[]',
    "usage_reported_since" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("organization_id","id")
);

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

CREATE TABLE "usage_reports" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "number" INTEGER NOT NULL,
    "quantity" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tried_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_reports_pkey" PRIMARY KEY ("organization_id","id")
);

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

CREATE UNIQUE INDEX "subscriptions_provider_customer_id_key" ON "subscriptions"("provider_customer_id");
CREATE UNIQUE INDEX "subscriptions_provider_subscription_id_key" ON "subscriptions"("provider_subscription_id");
CREATE INDEX "subscriptions_status_trial_ends_at_idx" ON "subscriptions"("status", "trial_ends_at");
CREATE INDEX "subscriptions_status_period_end_idx" ON "subscriptions"("status", "period_end");
CREATE UNIQUE INDEX "subscriptions_organization_id_key" ON "subscriptions"("organization_id");
CREATE UNIQUE INDEX "invoices_provider_invoice_id_key" ON "invoices"("provider_invoice_id");
CREATE INDEX "invoices_status_due_at_idx" ON "invoices"("status", "due_at");
CREATE UNIQUE INDEX "invoices_organization_id_number_key" ON "invoices"("organization_id", "number");
CREATE UNIQUE INDEX "invoice_lines_organization_id_invoice_id_position_key" ON "invoice_lines"("organization_id", "invoice_id", "position");
CREATE UNIQUE INDEX "usage_reports_organization_id_day_meter_number_key" ON "usage_reports"("organization_id", "day", "meter", "number");
CREATE INDEX "provider_events_handled_at_idx" ON "provider_events"("handled_at");

ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "usage_reports" ADD CONSTRAINT "usage_reports_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('subscriptions');
select app.protect_tenant_table('invoices');
select app.protect_tenant_table('invoice_lines');
select app.protect_tenant_table('usage_reports');
select app.protect_global_table('provider_events');

-- Rights on the lines of invoices.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
revoke insert, update, delete on public.invoice_lines from tenantry_app;

-- Checks of invoices.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.invoices
  add constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint invoices_paid_check check ((status = 'paid') = (paid_at is not null));

revoke insert, update, delete on public.invoices from tenantry_app;

-- Checks of subscriptions.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.subscriptions
  add constraint subscriptions_seats_check check (seats > 0 and next_seats > 0),
  add constraint subscriptions_period_check check (period_end > period_start),
  add constraint subscriptions_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint subscriptions_provider_check check (provider in ('manual', 'stripe')),
  add constraint subscriptions_trial_check check (status <> 'trialing' or trial_ends_at is not null),
  add constraint subscriptions_past_due_check check ((status in ('past_due', 'unpaid')) <= (past_due_since is not null)),
  add constraint subscriptions_add_ons_check check (jsonb_typeof(add_ons) = 'array'
    and not jsonb_path_exists(add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))')),
  add constraint subscriptions_next_add_ons_check check (jsonb_typeof(next_add_ons) = 'array'
    and not jsonb_path_exists(next_add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))'));

revoke insert, update, delete on public.subscriptions from tenantry_app;

-- Checks of what was reported to the payment provider, and an index of what is unsent.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- A few rows of many.
create index usage_reports_unsent_idx on public.usage_reports (organization_id, id) where sent_at is null;

alter table public.usage_reports
  add constraint usage_reports_number_check check (number > 0),
  add constraint usage_reports_quantity_check check (quantity <> 0),
  add constraint usage_reports_sent_check check (sent_at is null or tried_at is not null);

revoke insert, update, delete on public.usage_reports from tenantry_app;

-- Trigger: increments the access version of an organization when the seats or add-ons it bought change.
-- execute: owner
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

create trigger bought_changed after insert or update of seats, add_ons on public.subscriptions for each row execute function app.bought_changed();
revoke all on function app.bought_changed() from public;
comment on function app.bought_changed() is 'Trigger: increments the access version of an organization when the seats or add-ons it bought change.';
