-- Who has read what, where a record of access is asked for (docs/audit.md).

-- CreateTable
CREATE TABLE "access_log" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "action" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_log_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "access_log_records" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "entry_id" UUID NOT NULL,
    "record_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_log_records_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "access_log_organization_id_created_at_id_idx" ON "access_log"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_log_organization_id_actor_id_created_at_id_idx" ON "access_log"("organization_id", "actor_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_log_records_organization_id_record_id_idx" ON "access_log_records"("organization_id", "record_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_log_records_organization_id_entry_id_record_id_key" ON "access_log_records"("organization_id", "entry_id", "record_id");

-- AddForeignKey
ALTER TABLE "access_log" ADD CONSTRAINT "access_log_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "access_log_records" ADD CONSTRAINT "access_log_records_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "access_log_records" ADD CONSTRAINT "access_log_records_organization_id_entry_id_fkey" FOREIGN KEY ("organization_id", "entry_id") REFERENCES "access_log"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

alter table access_log
  add constraint access_log_actor_check check (actor_kind in ('user', 'key', 'operator'));

-- What the audit log leaves out, with what is new here. A job that found nothing to do leaves no event any more.
create or replace function audit.left_out() returns table (name text, reason text)
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
values
  ('mail_messages', 'The outbox: a mail follows from a change that is recorded, and is personal data.'),
  ('meter_totals', 'Counted up with each use.'),
  ('login_attempts', 'Counters of wrong passwords; what they refuse is recorded as refused.'),
  ('refresh_tokens', 'Each use of one is a change of its session, which is recorded.'),
  ('job_runs', 'Says only that a job ran; what it changed is recorded, and told as the job''s.'),
  ('access_log', 'What was read: append-only itself, and no change of state.'),
  ('access_log_records', 'Of the access log.'),
  ('.updated_at', 'Says only that something else changed.'),
  ('.access_version', 'Counted up by triggers with changes that are recorded themselves.'),
  ('.last_used_at', 'Noted with each use, off the request.'),
  ('.last_used_ip', 'Noted with each use, off the request.'),
  ('.use_count', 'Noted with each use, off the request.'),
  ('.last_login_at', 'The session that begins is recorded.'),
  ('.last_step', 'The last code of a second factor that was used; the session that begins is recorded.')
$$;
select audit.watch('job_runs');

-- Row security, policies and grants.
select app.protect_tenant_table('access_log');
select app.protect_tenant_table('access_log_records');

-- The application may add to the log, and read it. Nothing more.
revoke update, delete on access_log, access_log_records from tenantry_app;
