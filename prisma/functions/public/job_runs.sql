-- Checks of job runs.
-- access: the template of global tables (app.protect_global_table)
alter table public.job_runs
  add constraint job_runs_key_check check (job <> '' and period <> ''),
  add constraint job_runs_duration_check check (duration_ms >= 0),
  add constraint job_runs_attempts_check check (attempts > 0),
  add constraint job_runs_error_check check ((status = 'failed') = (error is not null)),
  add constraint job_runs_retry_check check (retry_at is null or status = 'failed');
