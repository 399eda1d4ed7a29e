-- AlterTable
ALTER TABLE "domains" ADD COLUMN     "ended_note" TEXT,
ADD COLUMN     "ended_reason" TEXT,
ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "proved_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "break_glass_links" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "break_glass_links_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "break_glass_links_organization_id_user_id_key" ON "break_glass_links"("organization_id", "user_id");

-- AddForeignKey
ALTER TABLE "break_glass_links" ADD CONSTRAINT "break_glass_links_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "break_glass_links" ADD CONSTRAINT "break_glass_links_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('break_glass_links');

alter table public.break_glass_links add constraint break_glass_links_expiry_check CHECK ((expires_at > created_at));
alter table public.domains add constraint domains_ended_check CHECK (((ended_reason IS NULL) OR ((verified_at IS NULL) AND (ended_reason = ANY (ARRAY['record_missing'::text, 'newer_proof'::text, 'code_expired'::text, 'released'::text])))));
alter table public.domains add constraint domains_failing_check CHECK (((failing_since IS NULL) OR (verified_at IS NOT NULL)));
select audit.watch('public.break_glass_links', always => '{*}');
select audit.watch('public.domains', always => '{*}');
select audit.watch('public.settings_documents', always => '{section=security,section=compliance,section=settings,section=features}');
