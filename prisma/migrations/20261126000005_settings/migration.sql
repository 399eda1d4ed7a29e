-- Settings, secrets of integrations, domains and join requests.

CREATE TYPE "domain_kind" AS ENUM ('host', 'email');
CREATE TYPE "domain_grade" AS ENUM ('affiliation', 'ownership');
CREATE TYPE "join_policy" AS ENUM ('none', 'request', 'join');
CREATE TYPE "join_request_status" AS ENUM ('pending', 'approved', 'declined');

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

CREATE UNIQUE INDEX "settings_documents_organization_id_section_key" ON "settings_documents"("organization_id", "section");
CREATE UNIQUE INDEX "integration_secrets_organization_id_integration_name_key" ON "integration_secrets"("organization_id", "integration", "name");
CREATE INDEX "domains_name_idx" ON "domains"("name");
CREATE UNIQUE INDEX "domains_organization_id_kind_name_key" ON "domains"("organization_id", "kind", "name");
CREATE INDEX "join_requests_organization_id_status_created_at_idx" ON "join_requests"("organization_id", "status", "created_at");
CREATE INDEX "join_requests_user_id_idx" ON "join_requests"("user_id");

ALTER TABLE "settings_documents" ADD CONSTRAINT "settings_documents_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "integration_secrets" ADD CONSTRAINT "integration_secrets_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "domains" ADD CONSTRAINT "domains_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('settings_documents');
select app.protect_tenant_table('integration_secrets');
select app.protect_tenant_table('domains');
select app.protect_tenant_table('join_requests');

-- Checks of domains, and one organization for each verified host.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
-- Unverified hosts may repeat, so that nobody can squat a host by claiming it.
create unique index domains_verified_host_key on public.domains (name) where kind = 'host' and verified_at is not null;

alter table public.domains
  add constraint domains_name_check check (name = lower(name) and name <> ''),
  add constraint domains_grade_check check ((grade is null) = (verified_at is null)),
  add constraint domains_host_check check (kind = 'email' or (join_policy = 'none' and coalesce(grade, 'ownership') = 'ownership')),
  add constraint domains_join_check check (join_policy <> 'join' or grade = 'ownership'),
  add constraint domains_join_role_check check (join_policy = 'none' or join_role is not null),
  add constraint domains_code_check check (code_tries >= 0 and (code_hash is null) = (code_expires_at is null));

-- Checks of secrets of integrations.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.integration_secrets
  add constraint integration_secrets_name_check check (integration <> '' and name <> '');

-- Checks of join requests, and one pending request for each user.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create unique index join_requests_pending_key on public.join_requests (organization_id, user_id) where status = 'pending';

alter table public.join_requests
  add constraint join_requests_decided_check check ((status = 'pending') = (decided_at is null)),
  add constraint join_requests_email_check check (email = lower(email) and email like '_%@_%');

-- Checks of documents of settings.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.settings_documents
  add constraint settings_documents_section_check check (section in ('settings', 'features', 'custom', 'branding', 'security', 'compliance', 'integrations')),
  add constraint settings_documents_object_check check (jsonb_typeof(document) = 'object'),
  add constraint settings_documents_size_check check (octet_length(document::text) <= 131072),
  add constraint settings_documents_retention_check check (section <> 'compliance' or coalesce((document ->> 'dataRetentionDays')::integer, 1) > 0),
  add constraint settings_documents_version_check check (version > 0);

-- Trigger: increments the access version of an organization when rows that decide about access change.
-- execute: owner
--
-- Replicas cache what decides about access. A request reads the version together with its session and membership, and
-- never trusts an older cache.
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

create trigger access_changed after insert or update or delete on public.custom_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.team_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.settings_documents for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.entitlement_overrides for each row execute function app.access_changed();
revoke all on function app.access_changed() from public;
comment on function app.access_changed() is 'Trigger: increments the access version of an organization when rows that decide about access change.';

-- Trigger: notifies the replicas that their caches of an organization are stale.
-- execute: owner
--
-- PostgreSQL sends the notification when the transaction commits, and sends equal ones only once.
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

create trigger organization_changed after update or delete on public.organizations for each row execute function app.organization_changed();
create trigger organization_changed after insert or update or delete on public.domains for each row execute function app.organization_changed();
revoke all on function app.organization_changed() from public;
comment on function app.organization_changed() is 'Trigger: notifies the replicas that their caches of an organization are stale.';
