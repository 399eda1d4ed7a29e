-- DropIndex
DROP INDEX "sessions_sso_connection_id_idx";

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "sso_id_token" BYTEA,
ADD COLUMN     "sso_sid" TEXT;

-- CreateIndex
CREATE INDEX "sessions_sso_connection_id_sso_sid_idx" ON "sessions"("sso_connection_id", "sso_sid");

CREATE OR REPLACE FUNCTION app.sso_connection_ended()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.sessions s where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null order by s.id for no key update;
  update public.sessions s set revoked_at = now(), revoked_reason = 'sso_ended', sso_id_token = null
   where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null;
  return null;
end
$function$
;

select audit.watch('public.sessions', always => '{impersonator_id=*}');
