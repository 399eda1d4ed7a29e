-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "granted_by_id" UUID,
ADD COLUMN     "previous_granted_by_id" UUID;

-- AlterTable
ALTER TABLE "domains" ADD COLUMN     "join_granted_by_id" UUID;

grant select (disabled_at) on table public.users to tenantry_app;
