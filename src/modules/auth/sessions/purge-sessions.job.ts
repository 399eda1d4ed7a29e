import { dayLength } from '../../../common/calendar.js';
import { mostTrustedDays } from '../../../config/catalog/catalog.js';
import { keptDays } from '../../../config/retention.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/**
 * Deletes sessions with their refresh tokens 30 days after they ended, mailed tokens 30 days after they expired, and expired visits
 * to identity providers, sign-ins by mail, challenges of passkeys and trusted devices. Until then the reuse of a refresh token is detected.
 */
@ScheduledJob({
  name: 'purge-sessions',
  cron: '0 40 3 * * *',
  period: 'day',
  mayDelete: { sessions: { rows: 10_000, share: 0.25 }, user_tokens: { rows: 10_000, share: 0.25 } },
})
export class PurgeSessionsJob implements Job {
  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const end = new Date(now.getTime() - keptDays.sessions * dayLength);
    const before = { lt: end };
    // A request that ends the user's sessions can have locked some of them: these are purged the next day.
    const sessions = await tx.$executeRaw`delete from sessions where id in (
      select id from sessions where (expires_at < ${end} or revoked_at < ${end}) and not app.is_held(user_id) for update skip locked)`;
    const tokens = await tx.$executeRaw`delete from user_tokens where expires_at < ${end} and not app.is_held(user_id)`;
    const challenges = await tx.passkeyChallenge.deleteMany({ where: { expiresAt: { lt: now } } });
    const mailSignIns = await tx.mailSignIn.deleteMany({ where: { expiresAt: { lt: now } } });
    const attempts = await tx.loginAttempt.deleteMany({ where: { updatedAt: before } });
    const visits = await tx.providerVisit.deleteMany({ where: { expiresAt: { lt: now } } });
    const devices = await tx.trustedDevice.deleteMany({ where: { secondFactorAt: { lt: new Date(now.getTime() - mostTrustedDays * dayLength) } } });
    return { devices: devices.count, sessions, tokens, attempts: attempts.count, visits: visits.count, mailSignIns: mailSignIns.count, challenges: challenges.count };
  }
}
