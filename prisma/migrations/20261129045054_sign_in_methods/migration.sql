-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "sign_in_method" TEXT;

select audit.watch('public.sessions', always => '{impersonator_id=*}');
