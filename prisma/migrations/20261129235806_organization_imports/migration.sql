-- CreateTable
CREATE TABLE "organization_imports" (
    "id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "backup" TEXT,
    "export_id" UUID,
    "source" TEXT NOT NULL,
    "slug" TEXT,
    "new_id" BOOLEAN NOT NULL DEFAULT false,
    "rows_done" BIGINT NOT NULL DEFAULT 0,
    "rows_total" BIGINT,
    "restored_id" UUID,
    "failure" TEXT,
    "requested_by_id" UUID,
    "lease" UUID,
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_imports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "organization_imports_created_at_idx" ON "organization_imports"("created_at");

-- CreateIndex
CREATE INDEX "organization_imports_due_at_idx" ON "organization_imports"("due_at");

-- Row security, policies, grants and audit.
select app.protect_global_table('organization_imports');

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
  ('event_changes', 'Recorded changes that become events.'),
  ('event_streams', 'Records only that an organization reads its events.'),
  ('webhook_queues', 'Records only when deliveries are due, and which replica sends them.'),
  ('platform_webhook_queues', 'Records only when deliveries are due, and which replica sends them.'),
  ('platform_webhook_health', 'Records only whether attempts fail.'),
  ('event_sinks', 'The place of a sink in its stream, and which replica sends.'),
  ('sink_ranges', 'What a sink has not received: results from recorded changes.'),
  ('webhook_deliveries', 'The queue of webhooks: results from recorded changes.'),
  ('webhook_attempts', 'It is itself a record of requests.'),
  ('organization_imports.rows_done', 'The progress of a restoration.'),
  ('organization_imports.rows_total', 'The progress of a restoration.'),
  ('organization_imports.due_at', 'When a replica looks at a restoration again.'),
  ('organization_exports.rows_done', 'The progress of an export.'),
  ('organization_exports.rows_total', 'The progress of an export.'),
  ('organization_exports.due_at', 'When a replica looks at an export again.'),
  ('usage_settlements', 'Records only which batch of counted requests was written.'),
  ('usage_reports', 'It is itself a ledger: the usage reported to the payment provider, and when.'),
  ('provider_events', 'The inbox of a payment provider: the changes that an event causes are recorded.'),
  ('job_runs', 'Records only that a job ran; its changes are recorded with the job as the actor.'),
  ('access_log', 'It is itself append-only, and reading changes no state.'),
  ('access_log_records', 'Part of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; refused sign-ins are recorded.'),
  ('provider_visits', 'Visits to identity providers: the new session or identity is recorded.'),
  ('mail_sign_ins', 'Sign-ins by mail that live for minutes: the new session is recorded.'),
  ('sso_attempts', 'Sign-ins with a connection, the last ten; the new session is recorded.'),
  ('sso_identities.subject', 'Names a person at an identity provider; the id of the identity is recorded.'),
  ('passkey_challenges', 'Challenges that live for minutes; what their answers change is recorded.'),
  ('passkeys.sign_count', 'Grows with each use; the new session is recorded.'),
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

alter table public.organization_imports add constraint organization_imports_due_check CHECK (((due_at IS NOT NULL) = (status = ANY (ARRAY['queued'::text, 'running'::text]))));
alter table public.organization_imports add constraint organization_imports_restored_check CHECK (((restored_id IS NOT NULL) = (status = 'restored'::text)));
alter table public.organization_imports add constraint organization_imports_source_check CHECK (((backup IS NULL) <> (export_id IS NULL)));
alter table public.organization_imports add constraint organization_imports_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'restored'::text, 'failed'::text])));
select audit.watch('public.organization_imports');
