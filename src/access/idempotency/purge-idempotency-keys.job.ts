import type { PlatformTransaction } from '../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../jobs/scheduled-job.decorator.js';
import { keptFor } from './idempotency-keys.service.js';

/** The most answers that a run deletes: it ends within its time, and the next one follows in five minutes. Together they keep up with 300 requests in a second. */
const mostDeleted = 100_000;

/** Deletes the answers to requests with an Idempotency-Key after 24 hours. */
@ScheduledJob({
  name: 'purge-idempotency-keys',
  cron: '40 */5 * * * *',
  period: 'minute',
  mayDelete: { idempotency_keys: { rows: mostDeleted, share: 1 } },
})
export class PurgeIdempotencyKeysJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = new Date(now.getTime() - keptFor);
    const purged = await tx.$executeRaw`
      delete from idempotency_keys where id in (select id from idempotency_keys where created_at < ${before} order by created_at limit ${mostDeleted} for update skip locked)`;
    return { purged };
  }
}
