-- CreateTable
CREATE TABLE "directories" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "role" TEXT NOT NULL,
    "granted_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directories_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_tokens" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_ip" TEXT,
    "use_count" BIGINT NOT NULL DEFAULT 0,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_tokens_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_users" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "user_name" TEXT,
    "external_id" TEXT,
    "email" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "user_id" UUID,
    "pending_reason" TEXT,
    "given_role" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_users_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_groups" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "display_name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "external_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_groups_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_group_members" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "directory_user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_group_members_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_mappings" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "role" TEXT,
    "custom_role_id" UUID,
    "team_id" UUID,
    "granted_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_mappings_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "directory_grants" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "directory_user_id" UUID NOT NULL,
    "custom_role_id" UUID,
    "team_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_grants_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "directories_organization_id_created_at_idx" ON "directories"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "directories_organization_id_name_key" ON "directories"("organization_id", "name");

-- CreateIndex
CREATE INDEX "directory_tokens_organization_id_directory_id_idx" ON "directory_tokens"("organization_id", "directory_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_tokens_organization_id_token_hash_key" ON "directory_tokens"("organization_id", "token_hash");

-- CreateIndex
CREATE INDEX "directory_users_user_id_idx" ON "directory_users"("user_id");

-- CreateIndex
CREATE INDEX "directory_users_organization_id_directory_id_created_at_id_idx" ON "directory_users"("organization_id", "directory_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_users_organization_id_directory_id_user_name_key" ON "directory_users"("organization_id", "directory_id", "user_name");

-- CreateIndex
CREATE UNIQUE INDEX "directory_users_organization_id_directory_id_external_id_key" ON "directory_users"("organization_id", "directory_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_users_organization_id_directory_id_user_id_key" ON "directory_users"("organization_id", "directory_id", "user_id");

-- CreateIndex
CREATE INDEX "directory_groups_organization_id_directory_id_created_at_id_idx" ON "directory_groups"("organization_id", "directory_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_groups_organization_id_directory_id_name_key_key" ON "directory_groups"("organization_id", "directory_id", "name_key");

-- CreateIndex
CREATE UNIQUE INDEX "directory_groups_organization_id_directory_id_external_id_key" ON "directory_groups"("organization_id", "directory_id", "external_id");

-- CreateIndex
CREATE INDEX "directory_group_members_organization_id_directory_user_id_idx" ON "directory_group_members"("organization_id", "directory_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_group_members_organization_id_group_id_directory__key" ON "directory_group_members"("organization_id", "group_id", "directory_user_id");

-- CreateIndex
CREATE INDEX "directory_mappings_organization_id_group_id_idx" ON "directory_mappings"("organization_id", "group_id");

-- CreateIndex
CREATE INDEX "directory_mappings_organization_id_custom_role_id_idx" ON "directory_mappings"("organization_id", "custom_role_id");

-- CreateIndex
CREATE INDEX "directory_mappings_organization_id_team_id_idx" ON "directory_mappings"("organization_id", "team_id");

-- CreateIndex
CREATE INDEX "directory_grants_organization_id_custom_role_id_idx" ON "directory_grants"("organization_id", "custom_role_id");

-- CreateIndex
CREATE INDEX "directory_grants_organization_id_team_id_idx" ON "directory_grants"("organization_id", "team_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_grants_organization_id_directory_user_id_custom_r_key" ON "directory_grants"("organization_id", "directory_user_id", "custom_role_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_grants_organization_id_directory_user_id_team_id_key" ON "directory_grants"("organization_id", "directory_user_id", "team_id");

-- AddForeignKey
ALTER TABLE "directories" ADD CONSTRAINT "directories_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_tokens" ADD CONSTRAINT "directory_tokens_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_tokens" ADD CONSTRAINT "directory_tokens_organization_id_directory_id_fkey" FOREIGN KEY ("organization_id", "directory_id") REFERENCES "directories"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_users" ADD CONSTRAINT "directory_users_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_users" ADD CONSTRAINT "directory_users_organization_id_directory_id_fkey" FOREIGN KEY ("organization_id", "directory_id") REFERENCES "directories"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_users" ADD CONSTRAINT "directory_users_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_groups" ADD CONSTRAINT "directory_groups_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_groups" ADD CONSTRAINT "directory_groups_organization_id_directory_id_fkey" FOREIGN KEY ("organization_id", "directory_id") REFERENCES "directories"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_organization_id_group_id_fkey" FOREIGN KEY ("organization_id", "group_id") REFERENCES "directory_groups"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_organization_id_directory_user_id_fkey" FOREIGN KEY ("organization_id", "directory_user_id") REFERENCES "directory_users"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_mappings" ADD CONSTRAINT "directory_mappings_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_mappings" ADD CONSTRAINT "directory_mappings_organization_id_group_id_fkey" FOREIGN KEY ("organization_id", "group_id") REFERENCES "directory_groups"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_mappings" ADD CONSTRAINT "directory_mappings_organization_id_custom_role_id_fkey" FOREIGN KEY ("organization_id", "custom_role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_mappings" ADD CONSTRAINT "directory_mappings_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_grants" ADD CONSTRAINT "directory_grants_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_grants" ADD CONSTRAINT "directory_grants_organization_id_directory_user_id_fkey" FOREIGN KEY ("organization_id", "directory_user_id") REFERENCES "directory_users"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_grants" ADD CONSTRAINT "directory_grants_organization_id_custom_role_id_fkey" FOREIGN KEY ("organization_id", "custom_role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "directory_grants" ADD CONSTRAINT "directory_grants_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('directories');
select app.protect_tenant_table('directory_tokens');
select app.protect_tenant_table('directory_users');
select app.protect_tenant_table('directory_groups');
select app.protect_tenant_table('directory_group_members');
select app.protect_tenant_table('directory_mappings');
select app.protect_tenant_table('directory_grants');

comment on function app.access_lost() is null;
alter table public.directories add constraint directories_name_check CHECK ((name <> ''::text));
alter table public.directory_grants add constraint directory_grants_target_check CHECK ((num_nonnulls(custom_role_id, team_id) = 1));
alter table public.directory_mappings add constraint directory_mappings_target_check CHECK ((num_nonnulls(role, custom_role_id, team_id) = 1));
alter table public.directory_tokens add constraint directory_tokens_hash_check CHECK ((octet_length(token_hash) = 32));
alter table public.directory_tokens add constraint directory_tokens_use_count_check CHECK ((use_count >= 0));
alter table public.directory_users add constraint directory_users_deleted_check CHECK (((deleted_at IS NULL) = (user_name IS NOT NULL)));
alter table public.directory_users add constraint directory_users_pending_check CHECK (((pending_reason IS NULL) OR active));
CREATE TRIGGER access_changed AFTER UPDATE OF enabled ON public.directories FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER access_lost AFTER DELETE ON public.directory_tokens REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.access_lost();
comment on function app.access_lost() is 'Trigger: increments the access version of organizations when a statement deletes memberships, their roles, API keys, or tokens of directories.';
