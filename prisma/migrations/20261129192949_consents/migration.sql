-- CreateEnum
CREATE TYPE "consent_action" AS ENUM ('given', 'withdrawn');

-- CreateEnum
CREATE TYPE "consent_method" AS ENUM ('link', 'paper');

-- CreateEnum
CREATE TYPE "guardian_link_purpose" AS ENUM ('consent', 'withdrawal');

-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "adult_from" TIMESTAMPTZ(3),
ADD COLUMN     "consented_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "consents" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "action" "consent_action" NOT NULL,
    "method" "consent_method" NOT NULL,
    "guardian_name" TEXT NOT NULL,
    "relation" TEXT NOT NULL,
    "guardian_email" TEXT,
    "text_version" TEXT NOT NULL,
    "text_hash" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,
    "recorded_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "guardian_links" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" "guardian_link_purpose" NOT NULL,
    "email" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guardian_links_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "consents_organization_id_user_id_created_at_id_idx" ON "consents"("organization_id", "user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "consents_user_id_idx" ON "consents"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "guardian_links_organization_id_user_id_purpose_key" ON "guardian_links"("organization_id", "user_id", "purpose");

-- CreateIndex
CREATE UNIQUE INDEX "guardian_links_organization_id_token_hash_key" ON "guardian_links"("organization_id", "token_hash");

-- AddForeignKey
ALTER TABLE "consents" ADD CONSTRAINT "consents_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "consents" ADD CONSTRAINT "consents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "guardian_links" ADD CONSTRAINT "guardian_links_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "guardian_links" ADD CONSTRAINT "guardian_links_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('consents');
select app.protect_tenant_table('guardian_links');

revoke delete on table public.consents from tenantry_app;
revoke update on table public.consents from tenantry_app;
alter table public.consents add constraint consents_guardian_check CHECK (((guardian_name <> ''::text) AND (relation <> ''::text) AND (text_version <> ''::text)));
alter table public.consents add constraint consents_method_check CHECK (((method = 'paper'::public.consent_method) = (recorded_by_id IS NOT NULL)));
alter table public.guardian_links add constraint guardian_links_email_check CHECK (((email = lower(email)) AND (email ~~ '_%@_%'::text) AND (length(email) <= 320)));
alter table public.guardian_links add constraint guardian_links_token_check CHECK ((octet_length(token_hash) = 32));
select audit.watch('public.consents', always => '{*}');
select audit.watch('public.memberships');

CREATE OR REPLACE FUNCTION app.consent_withdrawn()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.sessions s where s.user_id = new.user_id and s.active_organization_id = new.organization_id and s.revoked_at is null order by s.id for no key update;
  update public.sessions s set revoked_at = now(), revoked_reason = 'consent_withdrawn', sso_id_token = null
   where s.user_id = new.user_id and s.active_organization_id = new.organization_id and s.revoked_at is null;
  return null;
end
$function$
;

CREATE TRIGGER consent_withdrawn AFTER INSERT ON public.consents FOR EACH ROW WHEN ((new.action = 'withdrawn'::public.consent_action)) EXECUTE FUNCTION app.consent_withdrawn();

comment on function app.consent_withdrawn() is 'Trigger: ends the sessions of a member in an organization for which a guardian has withdrawn the consent.';

-- The flag of the compliance document becomes the setting, which catalogs define and tenantry enforces. An organization that had set the flag keeps it.
insert into public.settings_documents (organization_id, id, section, document)
  select c.organization_id, gen_random_uuid(), 'settings', '{"require_parental_consent": true}'
    from public.settings_documents c where c.section = 'compliance' and c.document -> 'parentalConsentRequired' = 'true'
  on conflict (organization_id, section) do update set document = settings_documents.document || excluded.document, version = settings_documents.version + 1, updated_at = now();
update public.settings_documents set document = document - 'parentalConsentRequired', version = version + 1, updated_at = now()
 where section = 'compliance' and document ? 'parentalConsentRequired';
