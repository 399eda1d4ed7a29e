-- AlterTable
ALTER TABLE "domain_events" ADD COLUMN     "sequence" BIGINT,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "event_streams" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_streams_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "event_changes" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" BIGSERIAL NOT NULL,
    "relation" TEXT NOT NULL,
    "row_id" TEXT,
    "operation" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_changes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "event_streams_organization_id_key" ON "event_streams"("organization_id");

-- CreateIndex
CREATE INDEX "domain_events_occurred_at_idx" ON "domain_events"("occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "domain_events_organization_id_sequence_key" ON "domain_events"("organization_id", "sequence");

-- AddForeignKey
ALTER TABLE "event_streams" ADD CONSTRAINT "event_streams_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_changes" ADD CONSTRAINT "event_changes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('event_streams');
select app.protect_tenant_table('event_changes');

drop trigger audit on public.event_changes;
drop trigger audit on public.event_streams;
revoke delete on table public.event_changes from tenantry_app;
revoke delete on table public.event_streams from tenantry_app;
revoke insert on table public.event_changes from tenantry_app;
revoke insert on table public.event_streams from tenantry_app;
revoke update on table public.event_changes from tenantry_app;
revoke update on table public.event_streams from tenantry_app;
revoke usage on sequence public.event_changes_id_seq from tenantry_app;

CREATE OR REPLACE FUNCTION audit.hand_over()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not exists (select from public.event_streams) then return null; end if;
  insert into public.event_changes (organization_id, relation, row_id, operation, before, after, occurred_at)
    select t.chain, t.relation, t.row_id, t.operation, t.before, t.after, t.occurred_at
      from (select d.*, max(d.position) over (partition by d.chain, d.xid) as last from taken d where d.operation is not null) t
      join public.event_streams s on s.organization_id = t.chain
     order by t.last, t.position;
  if found then perform pg_notify('tenantry_events', ''); end if;
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

CREATE INDEX domain_events_unnumbered_idx ON public.domain_events USING btree (organization_id, id) WHERE (sequence IS NULL);
CREATE TRIGGER hand_over AFTER DELETE ON audit.pending REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION audit.hand_over();

comment on function audit.hand_over() is 'Trigger: hands the changes that audit.chain() takes to the event streams of their organizations.';
