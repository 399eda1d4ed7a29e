-- CreateEnum
CREATE TYPE "domain_kind" AS ENUM ('host', 'email');

-- CreateEnum
CREATE TYPE "domain_grade" AS ENUM ('affiliation', 'ownership');

-- CreateEnum
CREATE TYPE "join_policy" AS ENUM ('none', 'request', 'join');

-- CreateEnum
CREATE TYPE "join_request_status" AS ENUM ('pending', 'approved', 'declined');

-- AlterEnum
ALTER TYPE "user_token_purpose" ADD VALUE 'reset_password';

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "access_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "plan" TEXT NOT NULL DEFAULT 'free';
-- Organizations from before there were plans are on the default catalog's first one; new ones say theirs.
ALTER TABLE "organizations" ALTER COLUMN "plan" DROP DEFAULT;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "password_changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
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

-- CreateTable
CREATE TABLE "member_roles" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_roles_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
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

-- CreateTable
CREATE TABLE "team_members" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "team_roles" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_roles_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
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

-- CreateTable
CREATE TABLE "login_attempts" (
    "account_key" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("account_key")
);

-- CreateTable
CREATE TABLE "catalog_versions" (
    "fingerprint" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_versions_pkey" PRIMARY KEY ("fingerprint")
);

-- CreateTable
CREATE TABLE "settings_documents" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "section" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_documents_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "integration_secrets" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "integration" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "integration_secrets_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "domains" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "kind" "domain_kind" NOT NULL,
    "name" TEXT NOT NULL,
    "dns_token" TEXT NOT NULL,
    "grade" "domain_grade",
    "verified_at" TIMESTAMPTZ(3),
    "mailed_to" TEXT,
    "code_hash" BYTEA,
    "code_expires_at" TIMESTAMPTZ(3),
    "code_tries" INTEGER NOT NULL DEFAULT 0,
    "join_policy" "join_policy" NOT NULL DEFAULT 'none',
    "join_role" TEXT,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domains_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "join_requests" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "message" TEXT,
    "status" "join_request_status" NOT NULL DEFAULT 'pending',
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "join_requests_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "meter_totals" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "used" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "meter_totals_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "custom_roles_organization_id_key_key" ON "custom_roles"("organization_id", "key");

-- CreateIndex
CREATE INDEX "member_roles_organization_id_role_id_idx" ON "member_roles"("organization_id", "role_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_roles_organization_id_user_id_role_id_key" ON "member_roles"("organization_id", "user_id", "role_id");

-- CreateIndex
CREATE INDEX "teams_organization_id_created_at_idx" ON "teams"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "teams_organization_id_name_key" ON "teams"("organization_id", "name");

-- CreateIndex
CREATE INDEX "team_members_organization_id_user_id_idx" ON "team_members"("organization_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "team_members_organization_id_team_id_user_id_key" ON "team_members"("organization_id", "team_id", "user_id");

-- CreateIndex
CREATE INDEX "team_roles_organization_id_role_id_idx" ON "team_roles"("organization_id", "role_id");

-- CreateIndex
CREATE UNIQUE INDEX "team_roles_organization_id_team_id_role_id_key" ON "team_roles"("organization_id", "team_id", "role_id");

-- CreateIndex
CREATE INDEX "api_keys_organization_id_owner_id_idx" ON "api_keys"("organization_id", "owner_id");

-- CreateIndex
CREATE INDEX "api_keys_organization_id_created_at_idx" ON "api_keys"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_organization_id_token_hash_key" ON "api_keys"("organization_id", "token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_organization_id_previous_hash_key" ON "api_keys"("organization_id", "previous_hash");

-- CreateIndex
CREATE INDEX "login_attempts_updated_at_idx" ON "login_attempts"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "settings_documents_organization_id_section_key" ON "settings_documents"("organization_id", "section");

-- CreateIndex
CREATE UNIQUE INDEX "integration_secrets_organization_id_integration_name_key" ON "integration_secrets"("organization_id", "integration", "name");

-- CreateIndex
CREATE INDEX "domains_name_idx" ON "domains"("name");

-- CreateIndex
CREATE UNIQUE INDEX "domains_organization_id_kind_name_key" ON "domains"("organization_id", "kind", "name");

-- CreateIndex
CREATE INDEX "join_requests_organization_id_status_created_at_idx" ON "join_requests"("organization_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "join_requests_user_id_idx" ON "join_requests"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "meter_totals_organization_id_meter_period_start_key" ON "meter_totals"("organization_id", "meter", "period_start");

-- CreateIndex
CREATE INDEX "memberships_role_idx" ON "memberships"("role");

-- CreateIndex
CREATE INDEX "organizations_plan_idx" ON "organizations"("plan");

-- AddForeignKey
ALTER TABLE "custom_roles" ADD CONSTRAINT "custom_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "member_roles" ADD CONSTRAINT "member_roles_organization_id_role_id_fkey" FOREIGN KEY ("organization_id", "role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE NO ACTION ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_role_id_fkey" FOREIGN KEY ("organization_id", "role_id") REFERENCES "custom_roles"("organization_id", "id") ON DELETE NO ACTION ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_owner_id_fkey" FOREIGN KEY ("organization_id", "owner_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "settings_documents" ADD CONSTRAINT "settings_documents_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "integration_secrets" ADD CONSTRAINT "integration_secrets_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "domains" ADD CONSTRAINT "domains_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "meter_totals" ADD CONSTRAINT "meter_totals_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- From here on written by hand: what the Prisma schema cannot say.

update users set password_changed_at = credentials.updated_at from credentials where credentials.user_id = users.id;

-- A host belongs to who has proved it, over all organizations; nobody can squat one by claiming it.
create unique index domains_verified_host_key on domains (name) where kind = 'host' and verified_at is not null;
create unique index join_requests_pending_key on join_requests (organization_id, user_id) where status = 'pending';

alter table organizations
  add constraint organizations_plan_check check (plan <> ''),
  add constraint organizations_access_version_check check (access_version > 0);
alter table custom_roles
  alter column permissions set not null,
  add constraint custom_roles_key_check check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 63),
  add constraint custom_roles_name_check check (name <> '');
alter table teams
  add constraint teams_name_check check (name <> '');
alter table api_keys
  alter column permissions set not null,
  alter column allowed_ips set not null,
  add constraint api_keys_name_check check (name <> ''),
  add constraint api_keys_hash_check check (octet_length(token_hash) = 32 and (previous_hash is null or octet_length(previous_hash) = 32)),
  add constraint api_keys_previous_check check ((previous_hash is null) = (previous_expires_at is null)),
  add constraint api_keys_overlap_check check (previous_expires_at is null or expires_at is null or previous_expires_at <= expires_at),
  add constraint api_keys_rate_limit_check check (rate_limit > 0),
  add constraint api_keys_use_count_check check (use_count >= 0);
alter table settings_documents
  add constraint settings_documents_section_check check (section in ('settings', 'features', 'custom', 'branding', 'security', 'compliance', 'integrations')),
  add constraint settings_documents_object_check check (jsonb_typeof(document) = 'object'),
  add constraint settings_documents_size_check check (octet_length(document::text) <= 131072),
  add constraint settings_documents_retention_check check (section <> 'compliance' or coalesce((document ->> 'dataRetentionDays')::integer, 1) > 0),
  add constraint settings_documents_version_check check (version > 0);
alter table integration_secrets
  add constraint integration_secrets_name_check check (integration <> '' and name <> '');
alter table domains
  add constraint domains_name_check check (name = lower(name) and name <> ''),
  add constraint domains_grade_check check ((grade is null) = (verified_at is null)),
  add constraint domains_host_check check (kind = 'email' or (join_policy = 'none' and coalesce(grade, 'ownership') = 'ownership')),
  add constraint domains_join_check check (join_policy <> 'join' or grade = 'ownership'),
  add constraint domains_join_role_check check (join_policy = 'none' or join_role is not null),
  add constraint domains_code_check check (code_tries >= 0 and (code_hash is null) = (code_expires_at is null));
alter table join_requests
  add constraint join_requests_decided_check check ((status = 'pending') = (decided_at is null)),
  add constraint join_requests_email_check check (email = lower(email) and email like '_%@_%');
alter table meter_totals
  add constraint meter_totals_used_check check (used >= 0),
  add constraint meter_totals_meter_check check (meter <> '');
alter table login_attempts
  add constraint login_attempts_failures_check check (failures >= 0);

-- What decides about access, and is cached by the replicas, has a version: it counts up with every change, whoever
-- makes it. A request reads it together with its session and membership, and so never trusts an older cache.
create function app.access_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  update public.organizations set access_version = access_version + 1 where id = changed;
  return null;
end
$$;
create trigger access_changed after insert or update or delete on custom_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on team_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on settings_documents for each row execute function app.access_changed();

create function app.plan_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if new.plan <> old.plan then new.access_version := old.access_version + 1; end if;
  return new;
end
$$;
create trigger plan_changed before update of plan on organizations for each row execute function app.plan_changed();

-- Tells the replicas which organization's caches are stale. PostgreSQL sends it when the transaction commits, and sends
-- the same one only once.
create function app.organization_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_table_name = 'organizations' then
    if tg_op = 'DELETE' then perform pg_notify('tenantry_organization', old.id::text); else perform pg_notify('tenantry_organization', new.id::text); end if;
  elsif tg_op = 'DELETE' then
    perform pg_notify('tenantry_organization', old.organization_id::text);
  else
    perform pg_notify('tenantry_organization', new.organization_id::text);
  end if;
  return null;
end
$$;
create trigger organization_changed after update or delete on organizations for each row execute function app.organization_changed();
create trigger organization_changed after insert or update or delete on domains for each row execute function app.organization_changed();

-- The triggers write as whoever makes the change.
grant update (access_version) on organizations to tenantry_app;

-- Row security, policies and grants.
select app.protect_tenant_table('custom_roles');
select app.protect_tenant_table('member_roles');
select app.protect_tenant_table('teams');
select app.protect_tenant_table('team_members');
select app.protect_tenant_table('team_roles');
select app.protect_tenant_table('api_keys');
select app.protect_global_table('login_attempts');
select app.protect_global_table('catalog_versions');
select app.protect_tenant_table('settings_documents');
select app.protect_tenant_table('integration_secrets');
select app.protect_tenant_table('domains');
select app.protect_tenant_table('join_requests');
select app.protect_tenant_table('meter_totals');
