-- AlterEnum
ALTER TYPE "credit_reason" ADD VALUE 'usage';

-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "quantity_decimals" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "subscription_periods" ADD COLUMN     "usage_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "usage_from" DATE,
ADD COLUMN     "usage_prices" JSONB;

-- CreateIndex
CREATE INDEX "subscription_periods_usage_due_at_idx" ON "subscription_periods"("usage_due_at");
