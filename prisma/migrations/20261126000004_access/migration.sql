-- Custom roles, teams and API keys.

CREATE TABLE "custom_roles" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "permissions" TEXT[],
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "custom_roles_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "member_roles" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_roles_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "teams" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "team_members" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "team_roles" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_roles_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "api_keys" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "previous_hash" BYTEA,
    "previous_expires_at" TIMESTAMPTZ(3),
    "permissions" TEXT[],
    "owner_id" UUID,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "expires_at" TIMESTAMPTZ(3),
    "allowed_ips" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "rate_limit" INTEGER,
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_ip" TEXT,
    "use_count" BIGINT NOT NULL DEFAULT 0,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE UNIQUE INDEX "custom_roles_organization_id_key_key" ON "custom_roles"("organization_id", "key");
CREATE INDEX "member_roles_organization_id_role_id_idx" ON "member_roles"("organization_id", "role_id");
CREATE UNIQUE INDEX "member_roles_organization_id_user_id_role_id_key" ON "member_roles"("organization_id", "user_id", "role_id");
CREATE INDEX "teams_organization_id_created_at_idx" ON "teams"("organization_id", "created_at");
CREATE UNIQUE INDEX "teams_organization_id_name_key" ON "teams"("organization_id", "name");
CREATE INDEX "team_members_organization_id_user_id_idx" ON "team_members"("organization_id", "user_id");
CREATE UNIQUE INDEX "team_members_organization_id_team_id_user_id_key" ON "team_members"("organization_id", "team_id", "user_id");
CREATE INDEX "team_roles_organization_id_role_id_idx" ON "team_roles"("organization_id", "role_id");
CREATE UNIQUE INDEX "team_roles_organization_id_team_id_role_id_key" ON "team_roles"("organization_id", "team_id", "role_id");
CREATE INDEX "api_keys_organization_id_owner_id_idx" ON "api_keys"("organization_id", "owner_id");
CREATE INDEX "api_keys_organization_id_created_at_idx" ON "api_keys"("organization_id", "created_at");
CREATE UNIQUE INDEX "api_keys_organization_id_token_hash_key" ON "api_keys"("organization_id", "token_hash");
CREATE UNIQUE INDEX "api_keys_organization_id_previous_hash_key" ON "api_keys"("organization_id", "previous_hash");

ALTER TABLE "custom_roles" ADD CONSTRAINT "custom_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_role_id_fkey" FOREIGN KEY ("organization_id", "role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE NO ACTION ON UPDATE RESTRICT;
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_role_id_fkey" FOREIGN KEY ("organization_id", "role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE NO ACTION ON UPDATE RESTRICT;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_owner_id_fkey" FOREIGN KEY ("organization_id", "owner_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('custom_roles');
select app.protect_tenant_table('member_roles');
select app.protect_tenant_table('teams');
select app.protect_tenant_table('team_members');
select app.protect_tenant_table('team_roles');
select app.protect_tenant_table('api_keys');

-- Checks of API keys.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.api_keys
  alter column permissions set not null,
  alter column allowed_ips set not null,
  add constraint api_keys_name_check check (name <> ''),
  add constraint api_keys_hash_check check (octet_length(token_hash) = 32 and (previous_hash is null or octet_length(previous_hash) = 32)),
  add constraint api_keys_previous_check check ((previous_hash is null) = (previous_expires_at is null)),
  add constraint api_keys_overlap_check check (previous_expires_at is null or expires_at is null or previous_expires_at <= expires_at),
  add constraint api_keys_rate_limit_check check (rate_limit > 0),
  add constraint api_keys_use_count_check check (use_count >= 0);

-- Checks of custom roles.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.custom_roles
  alter column permissions set not null,
  add constraint custom_roles_key_check check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 63),
  add constraint custom_roles_name_check check (name <> '');

-- Checks of teams.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.teams
  add constraint teams_name_check check (name <> '');
