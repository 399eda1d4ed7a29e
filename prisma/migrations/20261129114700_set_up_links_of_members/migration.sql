-- AlterTable
ALTER TABLE "sso_connections" ADD COLUMN     "set_up_by_link" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "sso_setup_links_organization_id_created_by_id_idx" ON "sso_setup_links"("organization_id", "created_by_id");

-- Those of former members, who could use them again as soon as they became members again.
alter table public.sso_setup_links no force row level security;
alter table public.memberships no force row level security;
delete from public.sso_setup_links l where not exists (select from public.memberships m where m.organization_id = l.organization_id and m.user_id = l.created_by_id);
set constraints all immediate;
alter table public.sso_setup_links force row level security;
alter table public.memberships force row level security;

-- AddForeignKey
ALTER TABLE "sso_setup_links" ADD CONSTRAINT "sso_setup_links_organization_id_created_by_id_fkey" FOREIGN KEY ("organization_id", "created_by_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

select audit.watch('public.sso_connections', always => '{*}');
