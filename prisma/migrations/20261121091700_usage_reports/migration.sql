-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "usage_reported_since" DATE;

-- CreateTable
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

-- CreateIndex
CREATE UNIQUE INDEX "usage_reports_organization_id_day_meter_number_key" ON "usage_reports"("organization_id", "day", "meter", "number");

-- AddForeignKey
ALTER TABLE "usage_reports" ADD CONSTRAINT "usage_reports_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- What must hold whoever writes.
alter table usage_reports
  add constraint usage_reports_number_check check (number > 0),
  add constraint usage_reports_quantity_check check (quantity <> 0),
  add constraint usage_reports_sent_check check (sent_at is null or tried_at is not null);

-- What waits to be sent, or is in doubt: a few rows of many.
create index usage_reports_unsent_idx on usage_reports (organization_id, id) where sent_at is null;

select audit.leave_out('usage_reports', 'A ledger itself: what the payment provider was told of usage, and when.');

-- Row security, policies and grants. An organization sees what it is charged for; the nightly report writes it.
select app.protect_tenant_table('usage_reports');
revoke insert, update, delete on usage_reports from tenantry_app;
