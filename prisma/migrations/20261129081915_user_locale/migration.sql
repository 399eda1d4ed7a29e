-- AlterTable
ALTER TABLE "users" ADD COLUMN     "locale" TEXT;

select audit.watch('public.users');
