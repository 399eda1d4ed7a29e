-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "of_platform" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "event_sinks" (
    "name" TEXT NOT NULL,
    "lease" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "served_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_sinks_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "sink_ranges" (
    "id" BIGSERIAL NOT NULL,
    "sink" TEXT NOT NULL,
    "chain" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "after" BIGINT NOT NULL,
    "until" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sink_ranges_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_webhooks" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT,
    "event_types" TEXT[] NOT NULL,
    "sent_types" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "ordered" BOOLEAN NOT NULL DEFAULT false,
    "signature" "webhook_signature" NOT NULL,
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_expires_at" TIMESTAMPTZ(3),
    "public_key" TEXT,
    "disabled_reason" "webhook_end",
    "created_by_id" UUID,
    "granted_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_webhook_health" (
    "id" UUID NOT NULL,
    "failing_since" TIMESTAMPTZ(3),

    CONSTRAINT "platform_webhook_health_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_webhook_queues" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "turn" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "slow" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "platform_webhook_queues_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "sink_ranges_sink_id_idx" ON "sink_ranges"("sink", "id");

-- CreateIndex
CREATE INDEX "platform_webhook_queues_id_idx" ON "platform_webhook_queues"("id");

-- AddForeignKey
ALTER TABLE "sink_ranges" ADD CONSTRAINT "sink_ranges_sink_fkey" FOREIGN KEY ("sink") REFERENCES "event_sinks"("name") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "platform_webhook_health" ADD CONSTRAINT "platform_webhook_health_id_fkey" FOREIGN KEY ("id") REFERENCES "platform_webhooks"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "platform_webhook_queues" ADD CONSTRAINT "platform_webhook_queues_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "platform_webhook_queues" ADD CONSTRAINT "platform_webhook_queues_id_fkey" FOREIGN KEY ("id") REFERENCES "platform_webhooks"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_global_table('event_sinks');
select app.protect_global_table('sink_ranges');
select app.protect_global_table('platform_webhooks');
select app.protect_global_table('platform_webhook_health');
select app.protect_tenant_table('platform_webhook_queues');

drop trigger audit on public.event_sinks;
drop trigger audit on public.platform_webhook_health;
drop trigger audit on public.platform_webhook_queues;
drop trigger audit on public.sink_ranges;
revoke delete on table public.platform_webhook_queues from tenantry_app;
revoke insert on table public.platform_webhook_queues from tenantry_app;
revoke update on table public.platform_webhook_queues from tenantry_app;

CREATE OR REPLACE FUNCTION app.is_read_by_platform()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
select exists (select from public.platform_webhooks) or exists (select from public.event_sinks)
$function$
;

CREATE OR REPLACE FUNCTION app.announce_events()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.event_changes (organization_id, relation, operation, occurred_at)
    select distinct a.organization_id, 'domain_events', 'insert', clock_timestamp()
      from added a
     where a.sequence is null
       and (exists (select from public.event_streams s where s.organization_id = a.organization_id and s.closed_at is null offset 0) or (select app.is_read_by_platform()));
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.note_for_sinks()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.sink_ranges (sink, chain, kind, after, until)
    select s.name, case tg_table_name when 'heads' then to_jsonb(new) ->> 'chain' else to_jsonb(new) ->> 'organization_id' end::uuid,
           case tg_table_name when 'heads' then 'audit' else 'event' end, old.sequence, new.sequence
      from public.event_sinks s;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.plan_webhook_deliveries()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  planned boolean;
begin
  -- `key share`: a webhook that is being deleted is not one any longer when its deletion is committed.
  with receivers as (
    select w.id, w.sent_types from public.webhooks w where w.organization_id = new.organization_id and w.enabled for key share),
  planned as (
    insert into public.webhook_deliveries (organization_id, id, webhook_id, event_id, event_type, sequence)
    select new.organization_id, usage.new_id(clock_timestamp()), r.id, e.id, e.type, e.sequence
      from receivers r
      join public.domain_events e on e.organization_id = new.organization_id and e.sequence > old.sequence and e.sequence <= new.sequence
       and e.type = any(r.sent_types)
    returning webhook_id),
  waiting as (
    select q.id from public.webhook_queues q where q.organization_id = new.organization_id and q.id in (select webhook_id from planned) order by q.id for update)
  update public.webhook_queues q set due_at = least(q.due_at, now()) from waiting w where q.organization_id = new.organization_id and q.id = w.id;
  planned := found;
  with receivers as (
    select w.id, w.sent_types, w.created_at from public.platform_webhooks w where w.enabled for key share),
  planned as (
    insert into public.webhook_deliveries (organization_id, id, webhook_id, of_platform, event_id, event_type, sequence)
    select new.organization_id, usage.new_id(clock_timestamp()), r.id, true, e.id, e.type, e.sequence
      from receivers r
      join public.domain_events e on e.organization_id = new.organization_id and e.sequence > old.sequence and e.sequence <= new.sequence
       and (r.sent_types = '{}' or e.type = any(r.sent_types)) and e.occurred_at >= r.created_at
    returning webhook_id)
  insert into public.platform_webhook_queues as q (organization_id, id, due_at) select distinct new.organization_id, p.webhook_id, now() from planned p order by p.webhook_id
  on conflict (organization_id, id) do update set due_at = least(q.due_at, excluded.due_at);
  if planned or found then perform pg_notify('tenantry_webhooks', ''); end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.hand_over()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.event_changes (organization_id, relation, row_id, operation, before, after, occurred_at)
    select t.chain, t.relation, t.row_id, t.operation, t.before, t.after, t.occurred_at
      from (select d.*, max(d.position) over (partition by d.chain, d.xid) as last
              from taken d
             where d.operation is not null
               and case when (select app.is_read_by_platform()) then exists (select from public.organizations o where o.id = d.chain offset 0)
                        else exists (select from public.event_streams s where s.organization_id = d.chain and s.closed_at is null offset 0) end) t
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
  ('webhook_queues', 'Records only when deliveries are due, and which replica sends them.'),
  ('platform_webhook_queues', 'Records only when deliveries are due, and which replica sends them.'),
  ('platform_webhook_health', 'Records only whether attempts fail.'),
  ('event_sinks', 'The place of a sink in its stream, and which replica sends.'),
  ('sink_ranges', 'What a sink has not received: results from recorded changes.'),
  ('webhook_deliveries', 'The queue of webhooks: results from recorded changes.'),
  ('webhook_attempts', 'It is itself a record of requests.'),
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

CREATE INDEX platform_webhook_queues_due_idx ON public.platform_webhook_queues USING btree (id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX platform_webhook_queues_leased_idx ON public.platform_webhook_queues USING btree (leased_until) WHERE (leased_until IS NOT NULL);
alter table public.platform_webhooks add constraint platform_webhooks_disabled_check CHECK (((disabled_reason IS NULL) OR (NOT enabled)));
alter table public.platform_webhooks add constraint platform_webhooks_previous_check CHECK (((previous_secret IS NULL) = (previous_expires_at IS NULL)));
alter table public.platform_webhooks add constraint platform_webhooks_public_key_check CHECK (((public_key IS NOT NULL) = (signature = 'ed25519'::public.webhook_signature)));
alter table public.platform_webhooks add constraint platform_webhooks_types_check CHECK (((event_types = '{}'::text[]) = (sent_types = '{}'::text[])));
alter table public.platform_webhooks add constraint platform_webhooks_url_check CHECK ((url ~ '^https?://'::text));
alter table public.sink_ranges add constraint sink_ranges_extent_check CHECK (((after >= 0) AND (until > after)));
alter table public.sink_ranges add constraint sink_ranges_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'audit'::text])));
CREATE TRIGGER note_for_sinks AFTER UPDATE ON audit.heads FOR EACH ROW WHEN ((new.sequence > old.sequence)) EXECUTE FUNCTION app.note_for_sinks();
CREATE TRIGGER note_for_sinks AFTER UPDATE ON public.event_streams FOR EACH ROW WHEN ((new.sequence > old.sequence)) EXECUTE FUNCTION app.note_for_sinks();

grant execute on function app.is_read_by_platform() to tenantry_platform;
comment on function app.is_read_by_platform() is 'Whether the operator receives the events of all organizations: by a webhook of the platform, or a sink.';
comment on function app.note_for_sinks() is 'Trigger: notes for each sink that a log of events, or a chain of audit events, has grown.';
