-- AlterTable
ALTER TABLE "credentials" ADD COLUMN     "imported_kind" TEXT;

select audit.watch('public.credentials');
