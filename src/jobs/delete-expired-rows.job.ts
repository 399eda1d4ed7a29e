import { resources } from '../config/catalog/declared-permissions.js';
import type { PlatformTransaction } from '../database/transactions.js';
import { deleteExpiredRows, mostExpired } from './expired-rows.queries.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from './scheduled-job.decorator.js';

const expiring = Object.assign({}, ...resources.map(({ retention = {} }) => retention)) as NonNullable<(typeof resources)[number]['retention']>;

/** Deletes the rows of the product that have expired, as its resources declare. */
@ScheduledJob({
  name: 'delete-expired-rows',
  cron: '0 45 * * * *',
  period: 'hour',
  mayDelete: Object.fromEntries(Object.keys(expiring).map((table) => [table, { rows: mostExpired, share: 0 }])),
})
export class DeleteExpiredRowsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const deleted: Record<string, number> = {};
    for (const [table, rule] of Object.entries(expiring)) deleted[table] = await deleteExpiredRows(tx, table, rule, now);
    return deleted;
  }
}
