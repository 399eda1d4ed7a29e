-- Users, organizations, memberships and invitations.

CREATE TYPE "user_token_purpose" AS ENUM ('verify_email', 'reset_password');
CREATE TYPE "organization_status" AS ENUM ('pending', 'trial', 'active', 'suspended', 'cancelled');
CREATE TYPE "invitation_status" AS ENUM ('pending', 'accepted', 'declined', 'revoked');
CREATE TYPE "invitation_delivery" AS ENUM ('mail', 'link');
CREATE TYPE "override_kind" AS ENUM ('limit', 'feature');

CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "default_organization_id" UUID,
    "last_login_at" TIMESTAMPTZ(3),
    "password_changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "credentials" (
    "user_id" UUID NOT NULL,
    "password_hash" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "platform_admins" (
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_admins_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "active_organization_id" UUID,
    "user_agent" TEXT,
    "ip_address" TEXT,
    "remember_me" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "second_factor_at" TIMESTAMPTZ(3),
    "impersonator_id" UUID,
    "impersonation_reason" TEXT,
    "revoked_reason" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" "user_token_purpose" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_tokens_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "signing_keys" (
    "id" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "login_attempts" (
    "account_key" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("account_key")
);

CREATE TABLE "second_factors" (
    "user_id" UUID NOT NULL,
    "secret" BYTEA NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "second_factors_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "recovery_codes" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "display_name" TEXT,
    "description" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "website" TEXT,
    "address" JSONB,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "locale" TEXT NOT NULL DEFAULT 'en-US',
    "organization_type" TEXT,
    "industry" TEXT,
    "size_category" TEXT,
    "status" "organization_status" NOT NULL DEFAULT 'active',
    "is_verified" BOOLEAN NOT NULL DEFAULT false,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "maintenance_mode" BOOLEAN NOT NULL DEFAULT false,
    "suspended_by" TEXT,
    "suspended_at" TIMESTAMPTZ(3),
    "suspended_reason" TEXT,
    "suspended_from" "organization_status",
    "billing_email" TEXT,
    "billing_address" JSONB,
    "tax_id" TEXT,
    "trial_starts_at" TIMESTAMPTZ(3),
    "trial_ends_at" TIMESTAMPTZ(3),
    "subscription_starts_at" TIMESTAMPTZ(3),
    "subscription_ends_at" TIMESTAMPTZ(3),
    "plan" TEXT NOT NULL,
    "usage_anchor_day" INTEGER,
    "access_version" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_by_id" UUID,
    "updated_by_id" UUID,
    "deleted_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    "erase_after" TIMESTAMPTZ(3),

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "memberships" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "invited_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "invitations" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "message" TEXT,
    "status" "invitation_status" NOT NULL DEFAULT 'pending',
    "delivery" "invitation_delivery" NOT NULL DEFAULT 'mail',
    "token_hash" BYTEA NOT NULL,
    "invited_by_id" UUID NOT NULL,
    "accepted_by_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "entitlement_overrides" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "kind" "override_kind" NOT NULL,
    "key" TEXT NOT NULL,
    "units" BIGINT,
    "available" BOOLEAN,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entitlement_overrides_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "provisioning_steps" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provisioning_steps_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE INDEX "users_email_idx" ON "users"("email");
CREATE INDEX "sessions_user_id_revoked_at_idx" ON "sessions"("user_id", "revoked_at");
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");
CREATE UNIQUE INDEX "refresh_tokens_token_hash_key" ON "refresh_tokens"("token_hash");
CREATE INDEX "refresh_tokens_session_id_idx" ON "refresh_tokens"("session_id");
CREATE UNIQUE INDEX "user_tokens_token_hash_key" ON "user_tokens"("token_hash");
CREATE INDEX "user_tokens_user_id_purpose_idx" ON "user_tokens"("user_id", "purpose");
CREATE INDEX "login_attempts_updated_at_idx" ON "login_attempts"("updated_at");
CREATE UNIQUE INDEX "recovery_codes_user_id_code_hash_key" ON "recovery_codes"("user_id", "code_hash");
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");
CREATE INDEX "organizations_plan_idx" ON "organizations"("plan");
CREATE INDEX "organizations_erase_after_idx" ON "organizations"("erase_after");
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");
CREATE INDEX "memberships_role_idx" ON "memberships"("role");
CREATE UNIQUE INDEX "memberships_organization_id_user_id_key" ON "memberships"("organization_id", "user_id");
CREATE INDEX "invitations_organization_id_status_created_at_idx" ON "invitations"("organization_id", "status", "created_at");
CREATE UNIQUE INDEX "invitations_organization_id_token_hash_key" ON "invitations"("organization_id", "token_hash");
CREATE UNIQUE INDEX "entitlement_overrides_organization_id_kind_key_key" ON "entitlement_overrides"("organization_id", "kind", "key");
CREATE UNIQUE INDEX "provisioning_steps_organization_id_step_key" ON "provisioning_steps"("organization_id", "step");

ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "platform_admins" ADD CONSTRAINT "platform_admins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "user_tokens" ADD CONSTRAINT "user_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "second_factors" ADD CONSTRAINT "second_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "entitlement_overrides" ADD CONSTRAINT "entitlement_overrides_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "provisioning_steps" ADD CONSTRAINT "provisioning_steps_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_global_table('users');
select app.protect_global_table('credentials');
select app.protect_global_table('platform_admins');
select app.protect_global_table('sessions');
select app.protect_global_table('refresh_tokens');
select app.protect_global_table('user_tokens');
select app.protect_global_table('signing_keys');
select app.protect_global_table('login_attempts');
select app.protect_global_table('second_factors');
select app.protect_global_table('recovery_codes');
select app.protect_global_table('organizations');
select app.protect_tenant_table('memberships');
select app.protect_tenant_table('invitations');
select app.protect_tenant_table('entitlement_overrides');
select app.protect_tenant_table('provisioning_steps');

-- Checks of overrides of plan limits and features.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.entitlement_overrides
  add constraint entitlement_overrides_key_check check (key <> ''),
  add constraint entitlement_overrides_units_check check (units >= 0),
  add constraint entitlement_overrides_kind_check check ((kind = 'feature') = (available is not null) and (kind = 'limit' or units is null));

-- An organization cannot change what the operator grants.
revoke insert, update, delete on public.entitlement_overrides from tenantry_app;

-- Checks of invitations, and one pending invitation for each address.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create unique index invitations_pending_email_key on public.invitations (organization_id, email) where status = 'pending';

alter table public.invitations
  add constraint invitations_email_check check (email = lower(email) and email like '_%@_%' and length(email) <= 320),
  add constraint invitations_role_check check (role <> ''),
  add constraint invitations_token_check check (octet_length(token_hash) = 32),
  add constraint invitations_closed_check check ((status = 'pending') = (closed_at is null)),
  add constraint invitations_accepted_check check (accepted_by_id is null or status = 'accepted');

-- Checks of failed sign-ins.
-- access: the template of global tables (app.protect_global_table)
alter table public.login_attempts
  add constraint login_attempts_failures_check check (failures >= 0);

-- Checks of memberships.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.memberships
  add constraint memberships_role_check check (role <> '');

-- Checks of organizations, and what the application role may change of its own organization.
-- access: tenantry_app reads its organization and updates the columns that belong to its members
alter table public.organizations
  add constraint organizations_name_check check (name <> ''),
  add constraint organizations_slug_check check (slug ~ '^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$' and length(slug) between 3 and 63),
  add constraint organizations_version_check check (version > 0),
  add constraint organizations_erase_check check (erase_after is null or deleted_at is not null),
  add constraint organizations_trial_check check (trial_ends_at >= trial_starts_at),
  add constraint organizations_subscription_check check (subscription_ends_at >= subscription_starts_at),
  add constraint organizations_plan_check check (plan <> ''),
  add constraint organizations_access_version_check check (access_version > 0),
  add constraint organizations_suspended_check check (suspended_at is null or status = 'suspended'),
  add constraint organizations_usage_anchor_day_check check (usage_anchor_day between 1 and 31),
  add constraint organizations_suspended_by_check check (suspended_by in ('operator', 'billing'));

-- Not the id, and nothing that the platform decides: status, verification, trial, subscription.
create policy tenant on public.organizations to tenantry_app
  using (id = (select app.current_organization_id()))
  with check (id = (select app.current_organization_id()));
grant select on public.organizations to tenantry_app;
grant update (
  name, slug, display_name, description, email, phone, website, address, timezone, locale, organization_type, industry,
  size_category, billing_email, billing_address, tax_id, version, updated_by_id, deleted_by_id, updated_at, deleted_at, erase_after
) on public.organizations to tenantry_app;
-- Written by the triggers of app.access_changed(), which run with the rights of the role that makes the change.
grant update (access_version) on public.organizations to tenantry_app;

-- Checks of the steps of provisioning that were done.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.provisioning_steps
  add constraint provisioning_steps_step_check check (step <> '');

revoke insert, update, delete on public.provisioning_steps from tenantry_app;

-- Checks of recovery codes.
-- access: the template of global tables (app.protect_global_table)
alter table public.recovery_codes
  add constraint recovery_codes_hash_check check (octet_length(code_hash) = 32);

-- Checks of second factors.
-- access: the template of global tables (app.protect_global_table)
alter table public.second_factors
  add constraint second_factors_last_step_check check (last_step >= 0);

-- Checks of sessions.
-- access: the template of global tables (app.protect_global_table)
alter table public.sessions
  add constraint sessions_revoked_check check (revoked_reason is null or revoked_at is not null),
  add constraint sessions_impersonation_check check ((impersonator_id is null) = (impersonation_reason is null));

-- Checks of users, one verified user for each address, and which users the application role sees.
-- access: tenantry_app selects id, email, name and created_at of the members of its organization
-- Unverified addresses may repeat, so that nobody can squat an address.
create unique index users_verified_email_key on public.users (email) where email_verified_at is not null;

alter table public.users
  add constraint users_email_check check (email = lower(email) and email like '_%@_%' and length(email) <= 320),
  add constraint users_name_check check (name <> '');

create policy tenant on public.users for select to tenantry_app
  using (exists (
    select from public.memberships m where m.user_id = users.id and m.organization_id = (select app.current_organization_id())
  ));
grant select (id, email, name, created_at) on public.users to tenantry_app;

-- Trigger: increments the access version of an organization when its plan or the start of its usage period changes.
-- execute: owner
create function app.plan_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if new.plan <> old.plan or new.usage_anchor_day is distinct from old.usage_anchor_day then new.access_version := old.access_version + 1; end if;
  return new;
end
$$;

create trigger plan_changed before update of plan, usage_anchor_day on public.organizations for each row execute function app.plan_changed();
revoke all on function app.plan_changed() from public;
comment on function app.plan_changed() is 'Trigger: increments the access version of an organization when its plan or the start of its usage period changes.';

-- Trigger: marks the transaction as erasing an organization before its row is deleted.
-- execute: owner
--
-- Triggers fire in the order of their names: the mark must be set before the rows of the organization are deleted.
create function audit.begin_erasing() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform set_config('app.audit_erasing', concat(current_setting('app.audit_erasing', true), ' ', old.id), true);
  return old;
end
$$;

create trigger audit_begin_erasing before delete on public.organizations for each row execute function audit.begin_erasing();
revoke all on function audit.begin_erasing() from public;
comment on function audit.begin_erasing() is 'Trigger: marks the transaction as erasing an organization before its row is deleted.';
