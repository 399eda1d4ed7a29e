-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "sso_connection_id" UUID,
ADD COLUMN     "sso_organization_id" UUID;

-- CreateTable
CREATE TABLE "sso_connections" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "client_secret" BYTEA NOT NULL,
    "scope" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    "tested_at" TIMESTAMPTZ(3),
    "role_claim" TEXT NOT NULL DEFAULT 'groups',
    "role_mappings" JSONB NOT NULL DEFAULT '[]',
    "default_role" TEXT NOT NULL,
    "granted_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sso_connections_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "sso_identities" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sso_identities_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "sso_attempts" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "email" TEXT,
    "detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sso_attempts_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "sso_connections_id_idx" ON "sso_connections"("id");

-- CreateIndex
CREATE INDEX "sso_identities_organization_id_user_id_idx" ON "sso_identities"("organization_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sso_identities_organization_id_connection_id_issuer_subject_key" ON "sso_identities"("organization_id", "connection_id", "issuer", "subject");

-- CreateIndex
CREATE INDEX "sso_attempts_organization_id_connection_id_id_idx" ON "sso_attempts"("organization_id", "connection_id", "id");

-- AddForeignKey
ALTER TABLE "sso_connections" ADD CONSTRAINT "sso_connections_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sso_identities" ADD CONSTRAINT "sso_identities_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sso_identities" ADD CONSTRAINT "sso_identities_organization_id_connection_id_fkey" FOREIGN KEY ("organization_id", "connection_id") REFERENCES "sso_connections"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sso_identities" ADD CONSTRAINT "sso_identities_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sso_attempts" ADD CONSTRAINT "sso_attempts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sso_attempts" ADD CONSTRAINT "sso_attempts_organization_id_connection_id_fkey" FOREIGN KEY ("organization_id", "connection_id") REFERENCES "sso_connections"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('sso_connections');
select app.protect_tenant_table('sso_identities');
select app.protect_tenant_table('sso_attempts');

drop trigger audit on public.sso_attempts;

CREATE OR REPLACE FUNCTION audit.left_out()
 RETURNS TABLE(name text, reason text)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
values
  ('mail_messages', 'The outbox: a mail results from a recorded change, and is personal data.'),
  ('idempotency_keys', 'Answers to requests whose changes are recorded, kept for a day.'),
  ('meter_totals', 'Incremented with each use.'),
  ('usage_anchors', 'Written together with the change of the anchor day, which is recorded.'),
  ('usage_events', 'The ledger of usage: append-only, and records who reported what and when.'),
  ('usage_subjects', 'Derived from the ledger of usage.'),
  ('usage_days', 'Derived from the ledger of usage.'),
  ('usage_reservations', 'Units held for a time; the units used are in the ledger of usage.'),
  ('usage_leases', 'Units in use for a time, extended by heartbeats.'),
  ('request_log', 'It is itself a record of requests.'),
  ('request_days', 'Derived from the request log.'),
  ('domain_events', 'The outbox of webhooks: results from a recorded change.'),
  ('usage_settlements', 'Records only which batch of counted requests was written.'),
  ('usage_reports', 'It is itself a ledger: the usage reported to the payment provider, and when.'),
  ('provider_events', 'The inbox of a payment provider: the changes that an event causes are recorded.'),
  ('job_runs', 'Records only that a job ran; its changes are recorded with the job as the actor.'),
  ('access_log', 'It is itself append-only, and reading changes no state.'),
  ('access_log_records', 'Part of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; refused sign-ins are recorded.'),
  ('provider_visits', 'Visits to identity providers: the new session or identity is recorded.'),
  ('sso_attempts', 'Sign-ins with a connection, the last ten; the new session is recorded.'),
  ('sso_identities.subject', 'Names a person at an identity provider; the id of the identity is recorded.'),
  ('refresh_tokens', 'Each use changes its session, which is recorded.'),
  ('external_identities.email', 'The address at a provider is not for the readers of an organization''s log.'),
  ('external_identities.subject', 'Names a person at a provider; the id of the identity is recorded.'),
  ('user_tokens.email', 'The address that an account wants to have is not for the readers of an organization''s log; the change to it is recorded.'),
  ('.updated_at', 'Changes only together with other columns.'),
  ('.access_version', 'Incremented by triggers together with recorded changes.'),
  ('.last_used_at', 'Updated with each use, outside of the request.'),
  ('.last_used_ip', 'Updated with each use, outside of the request.'),
  ('.use_count', 'Updated with each use, outside of the request.'),
  ('.last_checked_at', 'Updated with each daily lookup; a lookup that changes something is recorded.'),
  ('.last_login_at', 'The new session is recorded.'),
  ('.last_step', 'The last used code of a second factor; the new session is recorded.'),
  ('.burnt', 'Incremented with each use.'),
  ('.changing_until', 'Set while the payment provider carries out a change, which is recorded.'),
  ('.mailed_at', 'Records only that a mail was sent.')
$function$
;

alter table public.sso_attempts add constraint sso_attempts_content_check CHECK ((outcome <> ''::text));
alter table public.sso_connections add constraint sso_connections_content_check CHECK (((name <> ''::text) AND (issuer <> ''::text) AND (client_id <> ''::text) AND (default_role <> ''::text) AND ((tested_at IS NOT NULL) OR (NOT enabled))));
alter table public.sso_identities add constraint sso_identities_content_check CHECK ((subject <> ''::text));
select audit.watch('public.sessions', always => '{impersonator_id=*}');
select audit.watch('public.sso_connections', always => '{*}');
select audit.watch('public.sso_identities');
