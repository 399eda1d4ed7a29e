-- Job runs, the mail outbox and the queue.

CREATE TYPE "mail_status" AS ENUM ('pending', 'queued', 'sent', 'failed');
CREATE TYPE "job_status" AS ENUM ('done', 'failed');

CREATE TABLE "mail_messages" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "template" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "content" BYTEA,
    "status" "mail_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_messages_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "job_runs" (
    "job" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "status" "job_status" NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "result" JSONB,
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "retry_at" TIMESTAMPTZ(3),
    "replica" TEXT NOT NULL,

    CONSTRAINT "job_runs_pkey" PRIMARY KEY ("job","period")
);

CREATE TABLE "catalog_versions" (
    "fingerprint" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_versions_pkey" PRIMARY KEY ("fingerprint")
);

CREATE INDEX "mail_messages_organization_id_created_at_idx" ON "mail_messages"("organization_id", "created_at");
CREATE INDEX "mail_messages_status_created_at_idx" ON "mail_messages"("status", "created_at");

ALTER TABLE "mail_messages" ADD CONSTRAINT "mail_messages_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('mail_messages');
select app.protect_global_table('job_runs');
select app.protect_global_table('catalog_versions');

-- Checks of job runs.
-- access: the template of global tables (app.protect_global_table)
alter table public.job_runs
  add constraint job_runs_key_check check (job <> '' and period <> ''),
  add constraint job_runs_duration_check check (duration_ms >= 0),
  add constraint job_runs_attempts_check check (attempts > 0),
  add constraint job_runs_error_check check ((status = 'failed') = (error is not null)),
  add constraint job_runs_retry_check check (retry_at is null or status = 'failed');

-- Checks of the mail outbox.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.mail_messages
  add constraint mail_messages_attempts_check check (attempts >= 0),
  add constraint mail_messages_recipient_check check (recipient like '_%@_%'),
  add constraint mail_messages_sent_check check (sent_at is null or status = 'sent');

-- Trigger: wakes the mail relay after new mail was committed.
-- execute: owner
--
-- PostgreSQL delivers the notification when the writing transaction commits.
create function app.notify_outbox() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform pg_notify('tenantry_outbox', '');
  return null;
end
$$;

create trigger notify_outbox after insert on public.mail_messages for each statement execute function app.notify_outbox();
revoke all on function app.notify_outbox() from public;
comment on function app.notify_outbox() is 'Trigger: wakes the mail relay after new mail was committed.';

-- The queue: tables of pg-boss 10.4.2 (schema version 24), as PgBoss.getConstructionPlans('pgboss') prints them.
-- access: tenantry_platform
--
-- The owner creates them, so that the application runs with { migrate: false } and needs no right to create tables.
-- To upgrade pg-boss, write PgBoss.getMigrationPlans('pgboss', 24) into the next migration and change these files.
CREATE SCHEMA pgboss;

CREATE TYPE pgboss.job_state AS ENUM (
  'created',
  'retry',
  'active',
  'completed',
  'cancelled',
  'failed'
);

CREATE TABLE pgboss.version (
  version int primary key,
  maintained_on timestamp with time zone,
  cron_on timestamp with time zone,
  monitored_on timestamp with time zone
);

CREATE TABLE pgboss.queue (
  name text,
  policy text,
  retry_limit int,
  retry_delay int,
  retry_backoff bool,
  expire_seconds int,
  retention_minutes int,
  dead_letter text REFERENCES pgboss.queue (name),
  partition_name text,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);

CREATE TABLE pgboss.schedule (
  name text REFERENCES pgboss.queue ON DELETE CASCADE,
  cron text not null,
  timezone text,
  data jsonb,
  options jsonb,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY (name)
);

CREATE TABLE pgboss.subscription (
  event text not null,
  name text not null REFERENCES pgboss.queue ON DELETE CASCADE,
  created_on timestamp with time zone not null default now(),
  updated_on timestamp with time zone not null default now(),
  PRIMARY KEY(event, name)
);

CREATE TABLE pgboss.job (
  id uuid not null default gen_random_uuid(),
  name text not null,
  priority integer not null default(0),
  data jsonb,
  state pgboss.job_state not null default('created'),
  retry_limit integer not null default(2),
  retry_count integer not null default(0),
  retry_delay integer not null default(0),
  retry_backoff boolean not null default false,
  start_after timestamp with time zone not null default now(),
  started_on timestamp with time zone,
  singleton_key text,
  singleton_on timestamp without time zone,
  expire_in interval not null default interval '15 minutes',
  created_on timestamp with time zone not null default now(),
  completed_on timestamp with time zone,
  keep_until timestamp with time zone NOT NULL default now() + interval '14 days',
  output jsonb,
  dead_letter text,
  policy text
) PARTITION BY LIST (name);
ALTER TABLE pgboss.job ADD PRIMARY KEY (name, id);
CREATE TABLE pgboss.archive (LIKE pgboss.job);
ALTER TABLE pgboss.archive ADD PRIMARY KEY (name, id);
ALTER TABLE pgboss.archive ADD archived_on timestamptz NOT NULL DEFAULT now();
CREATE INDEX archive_i1 ON pgboss.archive(archived_on);

INSERT INTO pgboss.version(version) VALUES ('24');

revoke all on schema pgboss from public;
grant usage on schema pgboss to tenantry_platform;

-- Creates a queue and its partition: part of pg-boss 10.4.2.
-- execute: tenantry_platform
CREATE FUNCTION pgboss.create_queue(queue_name text, options json)
RETURNS VOID AS
$$
DECLARE
  table_name varchar := 'j' || encode(sha224(queue_name::bytea), 'hex');
  queue_created_on timestamptz;
BEGIN

  WITH q as (
  INSERT INTO pgboss.queue (
    name,
    policy,
    retry_limit,
    retry_delay,
    retry_backoff,
    expire_seconds,
    retention_minutes,
    dead_letter,
    partition_name
  )
  VALUES (
    queue_name,
    options->>'policy',
    (options->>'retryLimit')::int,
    (options->>'retryDelay')::int,
    (options->>'retryBackoff')::bool,
    (options->>'expireInSeconds')::int,
    (options->>'retentionMinutes')::int,
    options->>'deadLetter',
    table_name
  )
  ON CONFLICT DO NOTHING
  RETURNING created_on
  )
  SELECT created_on into queue_created_on from q;

  IF queue_created_on IS NULL THEN
    RETURN;
  END IF;

  EXECUTE format('CREATE TABLE pgboss.%I (LIKE pgboss.job INCLUDING DEFAULTS)', table_name);

  EXECUTE format('ALTER TABLE pgboss.%1$I ADD PRIMARY KEY (name, id)', table_name);
  EXECUTE format('ALTER TABLE pgboss.%1$I ADD CONSTRAINT q_fkey FOREIGN KEY (name) REFERENCES pgboss.queue (name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED', table_name);
  EXECUTE format('ALTER TABLE pgboss.%1$I ADD CONSTRAINT dlq_fkey FOREIGN KEY (dead_letter) REFERENCES pgboss.queue (name) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i1 ON pgboss.%1$I (name, COALESCE(singleton_key, '''')) WHERE state = ''created'' AND policy = ''short''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i2 ON pgboss.%1$I (name, COALESCE(singleton_key, '''')) WHERE state = ''active'' AND policy = ''singleton''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i3 ON pgboss.%1$I (name, state, COALESCE(singleton_key, '''')) WHERE state <= ''active'' AND policy = ''stately''', table_name);
  EXECUTE format('CREATE UNIQUE INDEX %1$s_i4 ON pgboss.%1$I (name, singleton_on, COALESCE(singleton_key, '''')) WHERE state <> ''cancelled'' AND singleton_on IS NOT NULL', table_name);
  EXECUTE format('CREATE INDEX %1$s_i5 ON pgboss.%1$I (name, start_after) INCLUDE (priority, created_on, id) WHERE state < ''active''', table_name);

  EXECUTE format('ALTER TABLE pgboss.%I ADD CONSTRAINT cjc CHECK (name=%L)', table_name, queue_name);
  EXECUTE format('ALTER TABLE pgboss.job ATTACH PARTITION pgboss.%I FOR VALUES IN (%L)', table_name, queue_name);
END;
$$
LANGUAGE plpgsql;
revoke all on function pgboss.create_queue(text, json) from public;
grant execute on function pgboss.create_queue(text, json) to tenantry_platform;
comment on function pgboss.create_queue(text, json) is 'Creates a queue and its partition: part of pg-boss 10.4.2.';

-- Deletes a queue and its partition: part of pg-boss 10.4.2.
-- execute: tenantry_platform
CREATE FUNCTION pgboss.delete_queue(queue_name text)
RETURNS VOID AS
$$
DECLARE
  table_name varchar;
BEGIN
  WITH deleted as (
    DELETE FROM pgboss.queue
    WHERE name = queue_name
    RETURNING partition_name
  )
  SELECT partition_name from deleted INTO table_name;

  EXECUTE format('DROP TABLE IF EXISTS pgboss.%I', table_name);
END;
$$
LANGUAGE plpgsql;
revoke all on function pgboss.delete_queue(text) from public;
grant execute on function pgboss.delete_queue(text) to tenantry_platform;
comment on function pgboss.delete_queue(text) is 'Deletes a queue and its partition: part of pg-boss 10.4.2.';

-- The queues of tenantry. A queue is a partition, and is therefore created by a migration, not at run time.
-- access: tenantry_platform
--
-- Mail: eight retries with growing pauses; the last one is about an hour after the first attempt.
-- Provider events: ten attempts with growing pauses; the last one is about four hours after the first. A sweep compares
-- everything with the provider, and takes longer than one event.
select pgboss.create_queue('mail_dead', '{"policy": "standard", "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "retentionMinutes": 43200}');
select pgboss.create_queue('mail', '{"policy": "standard", "retryLimit": 8, "retryDelay": 15, "retryBackoff": true, "expireInSeconds": 120, "retentionMinutes": 10080, "deadLetter": "mail_dead"}');
select pgboss.create_queue('provider_events', '{"policy": "standard", "retryLimit": 10, "retryDelay": 15, "retryBackoff": true, "expireInSeconds": 300, "retentionMinutes": 10080}');
select pgboss.create_queue('provider_sweeps', '{"policy": "standard", "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "expireInSeconds": 3600, "retentionMinutes": 1440}');

select app.force_row_security(c.oid) from pg_class c where c.relnamespace = 'pgboss'::regnamespace and c.relkind in ('r', 'p');
