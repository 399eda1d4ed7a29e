import type { PlatformTransaction } from '../database/transactions.js';
import type { JobResult } from './scheduled-job.decorator.js';

type Database = Pick<PlatformTransaction, '$queryRaw' | '$executeRaw'>;

/** A row of `job_runs`. */
export interface RecordedRun {
  readonly job: string;
  readonly period: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly durationMs: number;
  readonly replica: string;
}

/**
 * Locks the job for this transaction. Does not wait: returns false when another transaction has the lock. Also makes the
 * server check every two seconds whether the client is still connected, so that a killed process does not keep the lock
 * until its statement ends. Servers on Windows cannot check.
 */
export async function takeJob(tx: Database, job: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('tenantry job ' || ${job}, 0)) as taken,
           set_config('client_connection_check_interval', case when version() ~* 'windows|visual c' then '0' else '2s' end, true)`;
  return row?.taken === true;
}

/** Records in the transaction of the work that it is done. @returns false when it was already done */
export async function recordDone(tx: Database, { job, period, ...run }: RecordedRun, { result, force }: { readonly result: JobResult; readonly force: boolean }): Promise<boolean> {
  const rows = await tx.$executeRaw`
    insert into job_runs as r (job, period, status, started_at, finished_at, duration_ms, result, replica)
    values (${job}, ${period}, 'done', ${run.startedAt}, ${run.finishedAt}, ${run.durationMs}, ${JSON.stringify(result)}::jsonb, ${run.replica})
    on conflict (job, period) do update
       set status = 'done', started_at = excluded.started_at, finished_at = excluded.finished_at, duration_ms = excluded.duration_ms,
           result = excluded.result, error = null, retry_at = null, attempts = r.attempts + 1, replica = excluded.replica
     where r.status <> 'done' or ${force}`;
  return rows > 0;
}

/** Records that the work failed, unless it was done meanwhile. The delay before the next attempt doubles, up to an hour. */
export async function recordFailure(db: Database, { job, period, ...run }: RecordedRun, error: string): Promise<void> {
  await db.$executeRaw`
    insert into job_runs as r (job, period, status, started_at, finished_at, duration_ms, error, replica, retry_at)
    values (${job}, ${period}, 'failed', ${run.startedAt}, ${run.finishedAt}, ${run.durationMs}, ${error}, ${run.replica}, ${run.finishedAt}::timestamptz + interval '1 minute')
    on conflict (job, period) do update
       set status = 'failed', started_at = excluded.started_at, finished_at = excluded.finished_at, duration_ms = excluded.duration_ms,
           error = excluded.error, attempts = r.attempts + 1, replica = excluded.replica,
           retry_at = excluded.finished_at + least(60, power(2, least(r.attempts, 6))) * interval '1 minute'
     where r.status <> 'done'`;
}
