-- CreateTable
CREATE TABLE "mail_sign_ins" (
    "id" UUID NOT NULL,
    "user_id" UUID,
    "email" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "link_hash" BYTEA NOT NULL,
    "remember_me" BOOLEAN NOT NULL,
    "wanted_organization_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_sign_ins_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mail_sign_ins_link_hash_key" ON "mail_sign_ins"("link_hash");

-- CreateIndex
CREATE INDEX "mail_sign_ins_request_hash_idx" ON "mail_sign_ins"("request_hash");

-- CreateIndex
CREATE INDEX "mail_sign_ins_user_id_idx" ON "mail_sign_ins"("user_id");

-- CreateIndex
CREATE INDEX "mail_sign_ins_expires_at_idx" ON "mail_sign_ins"("expires_at");

-- AddForeignKey
ALTER TABLE "mail_sign_ins" ADD CONSTRAINT "mail_sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_global_table('mail_sign_ins');

drop trigger audit on public.mail_sign_ins;

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

alter table public.mail_sign_ins add constraint mail_sign_ins_attempts_check CHECK ((attempts >= 0));
alter table public.mail_sign_ins add constraint mail_sign_ins_hash_check CHECK (((octet_length(request_hash) = 32) AND (octet_length(code_hash) = 32) AND (octet_length(link_hash) = 32)));
