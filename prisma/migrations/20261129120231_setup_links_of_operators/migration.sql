-- AlterTable
ALTER TABLE "sso_setup_links" ADD COLUMN     "operator_reason" TEXT;

select audit.watch('public.sso_setup_links');
