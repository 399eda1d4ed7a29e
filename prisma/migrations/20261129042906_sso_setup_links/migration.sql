-- AlterTable
ALTER TABLE "sso_connections" ADD COLUMN     "setup_link_id" UUID;

-- CreateTable
CREATE TABLE "sso_setup_links" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_ip" TEXT,
    "use_count" BIGINT NOT NULL DEFAULT 0,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sso_setup_links_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "sso_setup_links_organization_id_created_at_idx" ON "sso_setup_links"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "sso_setup_links_organization_id_token_hash_key" ON "sso_setup_links"("organization_id", "token_hash");

-- AddForeignKey
ALTER TABLE "sso_setup_links" ADD CONSTRAINT "sso_setup_links_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('sso_setup_links');

comment on function app.access_lost() is null;
alter table public.sso_setup_links add constraint sso_setup_links_hash_check CHECK ((octet_length(token_hash) = 32));
alter table public.sso_setup_links add constraint sso_setup_links_name_check CHECK ((name <> ''::text));
alter table public.sso_setup_links add constraint sso_setup_links_use_count_check CHECK ((use_count >= 0));
CREATE TRIGGER access_lost AFTER DELETE ON public.sso_setup_links REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
select audit.watch('public.sso_connections', always => '{*}');
comment on function app.access_lost() is 'Trigger: increments the access version of organizations when a statement deletes memberships, their roles, API keys, tokens of directories, or set-up links.';
