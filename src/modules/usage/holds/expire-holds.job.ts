import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/**
 * Removes expired reservations and leases. Limits do not depend on it, because every statement that counts ignores
 * expired holds. It runs every five minutes only, because each run writes a row.
 */
@ScheduledJob({ name: 'usage-expiry', cron: '0 */5 * * * *', period: 'minute' })
export class ExpireHoldsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const [row] = await tx.$queryRaw<[{ reservations: number }]>`
      select coalesce(sum(usage.expire_reservations(organization_id, null, ${now})), 0)::int as reservations
        from (select distinct organization_id from usage_reservations where status = 'open' and expires_at <= ${now} order by organization_id) overdue`;
    const leases = await tx.$executeRaw`delete from usage_leases where expires_at <= ${now}`;
    return { reservations: row.reservations, leases };
  }
}
