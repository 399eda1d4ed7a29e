-- AlterTable
ALTER TABLE "sso_connections" ADD COLUMN     "next_certificate" TEXT,
ADD COLUMN     "next_client_secret" BYTEA;

select audit.watch('public.sso_connections', always => '{*}');
