-- AlterTable
ALTER TABLE "passkeys" ADD COLUMN     "host_organization_id" UUID;

select audit.watch('public.passkeys');
