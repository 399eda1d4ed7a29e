import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

const keptDays = 30;

/**
 * Deletes sessions with their refresh tokens 30 days after they ended, and mailed tokens 30 days after they expired. Until
 * then the reuse of a refresh token is detected.
 */
@ScheduledJob({ name: 'purge-sessions', cron: '0 40 3 * * *', period: 'day' })
export class PurgeSessionsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const before = { lt: new Date(now.getTime() - keptDays * 24 * 3600 * 1000) };
    const sessions = await tx.session.deleteMany({ where: { OR: [{ expiresAt: before }, { revokedAt: before }] } });
    const tokens = await tx.userToken.deleteMany({ where: { expiresAt: before } });
    const attempts = await tx.loginAttempt.deleteMany({ where: { updatedAt: before } });
    return { sessions: sessions.count, tokens: tokens.count, attempts: attempts.count };
  }
}
