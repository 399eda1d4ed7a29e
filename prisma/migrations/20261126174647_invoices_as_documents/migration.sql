-- CreateEnum
CREATE TYPE "billing_mode" AS ENUM ('none', 'invoice', 'provider');

-- CreateEnum
CREATE TYPE "invoice_line_kind" AS ENUM ('plan', 'add_on', 'usage', 'other');

-- CreateEnum
CREATE TYPE "credit_note_status" AS ENUM ('issued', 'void');

-- CreateEnum
CREATE TYPE "credit_reason" AS ENUM ('change', 'operator');

-- DropIndex
DROP INDEX "invoices_organization_id_number_key";

-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "key" TEXT,
ADD COLUMN     "kind" "invoice_line_kind" NOT NULL DEFAULT 'other',
ADD COLUMN     "unit_amount" BIGINT;

-- AlterTable
ALTER TABLE "invoices" ADD COLUMN     "balance_applied" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "mailed_at" TIMESTAMPTZ(3),
ADD COLUMN     "reverse_charge" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "seller" JSONB,
ADD COLUMN     "tax" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "tax_country" TEXT,
ADD COLUMN     "tax_name" TEXT,
ADD COLUMN     "tax_percent" DECIMAL(6,3);

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "anchor_day" INTEGER,
ADD COLUMN     "billing" "billing_mode";

-- CreateTable
CREATE TABLE "subscription_periods" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_periods_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "pending_purchases" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "plan" TEXT NOT NULL,
    "interval" "billing_interval" NOT NULL,
    "currency" TEXT NOT NULL,
    "seats" INTEGER,
    "add_ons" JSONB NOT NULL DEFAULT '[]',
    "invoice_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_purchases_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "credit_notes" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "status" "credit_note_status" NOT NULL DEFAULT 'issued',
    "invoice_id" UUID NOT NULL,
    "reason" "credit_reason" NOT NULL,
    "note" TEXT,
    "currency" TEXT NOT NULL,
    "total" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL DEFAULT 0,
    "settled_due" BIGINT NOT NULL,
    "settled_balance" BIGINT NOT NULL,
    "settled_refund" BIGINT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "voided_at" TIMESTAMPTZ(3),
    "mailed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_notes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "credit_note_lines" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "credit_note_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "invoice_line_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),

    CONSTRAINT "credit_note_lines_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "document_series" (
    "key" TEXT NOT NULL,
    "last" BIGINT NOT NULL,

    CONSTRAINT "document_series_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "subscription_periods_organization_id_starts_at_key" ON "subscription_periods"("organization_id", "starts_at");

-- CreateIndex
CREATE UNIQUE INDEX "pending_purchases_organization_id_invoice_id_key" ON "pending_purchases"("organization_id", "invoice_id");

-- CreateIndex
CREATE INDEX "credit_notes_organization_id_number_idx" ON "credit_notes"("organization_id", "number");

-- CreateIndex
CREATE INDEX "credit_notes_organization_id_invoice_id_idx" ON "credit_notes"("organization_id", "invoice_id");

-- CreateIndex
CREATE INDEX "credit_notes_issued_at_idx" ON "credit_notes"("issued_at");

-- CreateIndex
CREATE INDEX "credit_note_lines_organization_id_invoice_line_id_idx" ON "credit_note_lines"("organization_id", "invoice_line_id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_note_lines_organization_id_credit_note_id_position_key" ON "credit_note_lines"("organization_id", "credit_note_id", "position");

-- CreateIndex
CREATE INDEX "invoice_lines_organization_id_period_end_idx" ON "invoice_lines"("organization_id", "period_end");

-- CreateIndex
CREATE INDEX "invoices_organization_id_number_idx" ON "invoices"("organization_id", "number");

-- CreateIndex
CREATE INDEX "invoices_issued_at_idx" ON "invoices"("issued_at");

-- AddForeignKey
ALTER TABLE "subscription_periods" ADD CONSTRAINT "subscription_periods_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_purchases" ADD CONSTRAINT "pending_purchases_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_purchases" ADD CONSTRAINT "pending_purchases_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_organization_id_credit_note_id_fkey" FOREIGN KEY ("organization_id", "credit_note_id") REFERENCES "credit_notes"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_organization_id_invoice_line_id_fkey" FOREIGN KEY ("organization_id", "invoice_line_id") REFERENCES "invoice_lines"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('subscription_periods');
select app.protect_tenant_table('pending_purchases');
select app.protect_tenant_table('credit_notes');
select app.protect_tenant_table('credit_note_lines');
select app.protect_global_table('document_series');

revoke delete on table public.credit_note_lines from tenantry_app;
revoke delete on table public.credit_notes from tenantry_app;
revoke delete on table public.pending_purchases from tenantry_app;
revoke delete on table public.subscription_periods from tenantry_app;
revoke insert on table public.credit_note_lines from tenantry_app;
revoke insert on table public.credit_notes from tenantry_app;
revoke insert on table public.pending_purchases from tenantry_app;
revoke insert on table public.subscription_periods from tenantry_app;
revoke update on table public.credit_note_lines from tenantry_app;
revoke update on table public.credit_notes from tenantry_app;
revoke update on table public.pending_purchases from tenantry_app;
revoke update on table public.subscription_periods from tenantry_app;

CREATE OR REPLACE FUNCTION app.document_is_numbered()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  numbered boolean;
begin
  execute format('select number <> id::text from public.%I where organization_id = $1 and id = $2', tg_table_name) into numbered using new.organization_id, new.id;
  if not numbered then raise exception 'the document % of table % has no number', new.id, tg_table_name using hint = 'Call numberDocuments as the last step of the transaction.'; end if;
  return null;
end
$function$
;

CREATE INDEX credit_notes_unnumbered_idx ON public.credit_notes USING btree (issued_at) WHERE (number = (id)::text);
CREATE INDEX invoices_unnumbered_idx ON public.invoices USING btree (issued_at) WHERE (number = (id)::text);
alter table public.credit_note_lines add constraint credit_note_lines_amount_check CHECK ((amount > 0));
alter table public.credit_note_lines add constraint credit_note_lines_period_check CHECK (((period_end > period_start) AND (num_nonnulls(period_start, period_end) = ANY (ARRAY[0, 2]))));
alter table public.credit_notes add constraint credit_notes_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
alter table public.credit_notes add constraint credit_notes_settled_check CHECK (((LEAST(settled_due, settled_balance, settled_refund) >= 0) AND (((settled_due + settled_balance) + settled_refund) = total)));
alter table public.credit_notes add constraint credit_notes_total_check CHECK (((tax >= 0) AND (total > tax)));
alter table public.credit_notes add constraint credit_notes_void_check CHECK (((status = 'void'::public.credit_note_status) = (voided_at IS NOT NULL)));
alter table public.invoice_lines add constraint invoice_lines_period_check CHECK (((period_end >= period_start) AND (num_nonnulls(period_start, period_end) = ANY (ARRAY[0, 2]))));
alter table public.invoices add constraint invoices_balance_check CHECK (((provider <> 'manual'::text) OR ((balance_applied >= 0) AND (balance_applied <= GREATEST(total, (0)::bigint)))));
alter table public.pending_purchases add constraint pending_purchases_add_ons_check CHECK (((jsonb_typeof(add_ons) = 'array'::text) AND (NOT jsonb_path_exists(add_ons, '$[*]?((!(@."key".type() == "string") || !(@."quantity".type() == "number")) || !(@."quantity" >= 1 && @."quantity" <= 1000000))'::jsonpath))));
alter table public.pending_purchases add constraint pending_purchases_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
alter table public.pending_purchases add constraint pending_purchases_seats_check CHECK ((seats > 0));
alter table public.subscription_periods add constraint subscription_periods_end_check CHECK ((ends_at > starts_at));
alter table public.subscriptions add constraint subscriptions_anchor_day_check CHECK (((anchor_day >= 1) AND (anchor_day <= 31)));
CREATE CONSTRAINT TRIGGER document_is_numbered AFTER INSERT ON public.credit_notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.number = (new.id)::text)) EXECUTE FUNCTION app.document_is_numbered();
CREATE CONSTRAINT TRIGGER document_is_numbered AFTER INSERT ON public.invoices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.number = (new.id)::text)) EXECUTE FUNCTION app.document_is_numbered();

comment on function app.document_is_numbered() is 'Trigger: refuses to commit an invoice or a credit note without a number.';
