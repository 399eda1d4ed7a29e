-- CreateEnum
CREATE TYPE "webhook_signature" AS ENUM ('symmetric', 'ed25519');

-- CreateEnum
CREATE TYPE "webhook_end" AS ENUM ('gone', 'failing');

-- CreateEnum
CREATE TYPE "webhook_delivery_status" AS ENUM ('pending', 'delivered', 'failed');

-- CreateEnum
CREATE TYPE "webhook_result" AS ENUM ('accepted', 'refused', 'timeout', 'unreachable', 'address_refused', 'unreadable');

-- CreateTable
CREATE TABLE "webhooks" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT,
    "event_types" TEXT[] NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "ordered" BOOLEAN NOT NULL DEFAULT false,
    "signature" "webhook_signature" NOT NULL,
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_expires_at" TIMESTAMPTZ(3),
    "public_key" TEXT,
    "disabled_reason" "webhook_end",
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "webhook_queues" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "turn" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "slow" BOOLEAN NOT NULL DEFAULT false,
    "failing_since" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_queues_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_type" TEXT NOT NULL,
    "sequence" BIGINT,
    "status" "webhook_delivery_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "replays" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "result" "webhook_result" NOT NULL,
    "status" INTEGER,
    "answer" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "webhooks_organization_id_created_at_idx" ON "webhooks"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_organization_id_webhook_id_created_at_idx" ON "webhook_deliveries"("organization_id", "webhook_id", "created_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_organization_id_webhook_id_status_create_idx" ON "webhook_deliveries"("organization_id", "webhook_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_organization_id_event_id_idx" ON "webhook_deliveries"("organization_id", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_organization_id_webhook_id_event_id_key" ON "webhook_deliveries"("organization_id", "webhook_id", "event_id");

-- CreateIndex
CREATE INDEX "webhook_attempts_organization_id_delivery_id_started_at_idx" ON "webhook_attempts"("organization_id", "delivery_id", "started_at");

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_queues" ADD CONSTRAINT "webhook_queues_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_queues" ADD CONSTRAINT "webhook_queues_organization_id_id_fkey" FOREIGN KEY ("organization_id", "id") REFERENCES "webhooks"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_webhook_id_fkey" FOREIGN KEY ("organization_id", "webhook_id") REFERENCES "webhooks"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_event_id_fkey" FOREIGN KEY ("organization_id", "event_id") REFERENCES "domain_events"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_organization_id_delivery_id_fkey" FOREIGN KEY ("organization_id", "delivery_id") REFERENCES "webhook_deliveries"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('webhooks');
select app.protect_tenant_table('webhook_queues');
select app.protect_tenant_table('webhook_deliveries');
select app.protect_tenant_table('webhook_attempts');

drop trigger audit on public.webhook_attempts;
drop trigger audit on public.webhook_deliveries;
drop trigger audit on public.webhook_queues;
revoke delete on table public.webhook_attempts from tenantry_app;
revoke delete on table public.webhook_deliveries from tenantry_app;
revoke delete on table public.webhook_queues from tenantry_app;
revoke insert on table public.webhook_attempts from tenantry_app;
revoke update on table public.webhook_attempts from tenantry_app;

CREATE OR REPLACE FUNCTION app.plan_webhook_deliveries()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  -- `key share`: a webhook that is being deleted is not one any longer when its deletion is committed.
  with receivers as (
    select w.id, w.event_types from public.webhooks w where w.organization_id = new.organization_id and w.enabled for key share),
  planned as (
    insert into public.webhook_deliveries (organization_id, id, webhook_id, event_id, event_type, sequence)
    select new.organization_id, usage.new_id(clock_timestamp()), r.id, e.id, e.type, e.sequence
      from receivers r
      join public.domain_events e on e.organization_id = new.organization_id and e.sequence > old.sequence and e.sequence <= new.sequence
       and (r.event_types = '{}' or e.type = any(r.event_types) or split_part(e.type, '.', 1) || '.*' = any(r.event_types))
    returning webhook_id),
  waiting as (
    select q.id from public.webhook_queues q where q.organization_id = new.organization_id and q.id in (select webhook_id from planned) order by q.id for update)
  update public.webhook_queues q set due_at = least(q.due_at, now()) from waiting w where q.organization_id = new.organization_id and q.id = w.id;
  if found then perform pg_notify('tenantry_webhooks', ''); end if;
  return null;
end
$function$
;

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
  ('webhook_deliveries', 'The queue of webhooks: results from recorded changes.'),
  ('webhook_attempts', 'It is itself a record of requests.'),
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

CREATE INDEX webhook_deliveries_due_idx ON public.webhook_deliveries USING btree (organization_id, webhook_id, next_attempt_at, id) WHERE (status = 'pending'::public.webhook_delivery_status);
CREATE INDEX webhook_deliveries_order_idx ON public.webhook_deliveries USING btree (organization_id, webhook_id, sequence NULLS FIRST, id) WHERE (status = 'pending'::public.webhook_delivery_status);
CREATE INDEX webhook_queues_due_idx ON public.webhook_queues USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX webhook_queues_leased_idx ON public.webhook_queues USING btree (leased_until) WHERE (leased_until IS NOT NULL);
alter table public.webhook_deliveries add constraint webhook_deliveries_attempts_check CHECK (((attempts >= 0) AND (replays >= 0)));
alter table public.webhook_deliveries add constraint webhook_deliveries_ended_check CHECK (((ended_at IS NULL) = (status = 'pending'::public.webhook_delivery_status)));
alter table public.webhooks add constraint webhooks_disabled_check CHECK (((disabled_reason IS NULL) OR (NOT enabled)));
alter table public.webhooks add constraint webhooks_previous_check CHECK (((previous_secret IS NULL) = (previous_expires_at IS NULL)));
alter table public.webhooks add constraint webhooks_public_key_check CHECK (((public_key IS NOT NULL) = (signature = 'ed25519'::public.webhook_signature)));
alter table public.webhooks add constraint webhooks_url_check CHECK ((url ~ '^https?://'::text));
CREATE TRIGGER plan_webhook_deliveries AFTER UPDATE ON public.event_streams FOR EACH ROW WHEN ((new.sequence > old.sequence)) EXECUTE FUNCTION app.plan_webhook_deliveries();

comment on function app.plan_webhook_deliveries() is 'Trigger: makes a delivery for each webhook that receives an event, when the event gets its number.';
