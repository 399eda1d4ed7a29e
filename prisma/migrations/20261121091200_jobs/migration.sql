-- The record of a run is no change that somebody made: the audit log tells what the run changed.
create or replace function audit.left_out() returns table (name text, reason text)
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
values
  ('job_runs', 'The record of scheduled work; what the work changes is recorded.'),
  ('access_log', 'What was read: append-only itself, and no change of state.'),
  ('access_log_records', 'Of the access log.'),
  ('mail_messages', 'The outbox: a mail follows from a change that is recorded, and is personal data.'),
  ('meter_totals', 'Counted up with each use.'),
  ('login_attempts', 'Counters of wrong passwords; what they refuse is recorded as refused.'),
  ('refresh_tokens', 'Each use of one is a change of its session, which is recorded.'),
  ('.updated_at', 'Says only that something else changed.'),
  ('.access_version', 'Counted up by triggers with changes that are recorded themselves.'),
  ('.last_used_at', 'Noted with each use, off the request.'),
  ('.last_used_ip', 'Noted with each use, off the request.'),
  ('.use_count', 'Noted with each use, off the request.'),
  ('.last_login_at', 'The session that begins is recorded.'),
  ('.last_step', 'The last code of a second factor that was used; the session that begins is recorded.')
$$;
select audit.watch('job_runs');

-- CreateEnum
CREATE TYPE "job_status" AS ENUM ('done', 'failed');

-- AlterTable
ALTER TABLE "job_runs" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "duration_ms" INTEGER,
ADD COLUMN     "error" TEXT,
ADD COLUMN     "replica" TEXT,
ADD COLUMN     "retry_at" TIMESTAMPTZ(3),
ADD COLUMN     "status" "job_status",
ALTER COLUMN "started_at" DROP DEFAULT;

-- Until now only runs that succeeded left a row. Row security holds for the owner too, but for these statements.
alter table job_runs no force row level security;
update job_runs
   set status = 'done', replica = 'unknown', finished_at = coalesce(finished_at, started_at),
       duration_ms = coalesce(greatest(0, extract(epoch from finished_at - started_at) * 1000), 0)::int;
alter table job_runs force row level security;

ALTER TABLE "job_runs" ALTER COLUMN "finished_at" SET NOT NULL, ALTER COLUMN "duration_ms" SET NOT NULL, ALTER COLUMN "replica" SET NOT NULL, ALTER COLUMN "status" SET NOT NULL;

alter table job_runs
  add constraint job_runs_duration_check check (duration_ms >= 0),
  add constraint job_runs_attempts_check check (attempts > 0),
  add constraint job_runs_error_check check ((status = 'failed') = (error is not null)),
  add constraint job_runs_retry_check check (retry_at is null or status = 'failed');
