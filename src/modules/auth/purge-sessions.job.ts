import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { JobRuns } from '../../jobs/job-runs.service.js';

const keptDays = 30;

/**
 * Forgets sessions, with their refresh tokens, that ended a month ago, and mailed secrets that expired as long ago.
 * Until then a refresh token that comes again is still known as a used one. Nightly, once over all replicas.
 */
@Injectable()
export class PurgeSessionsJob {
  constructor(private readonly runs: JobRuns) {}

  @Cron('0 40 3 * * *', { name: 'purge-sessions', timeZone: 'UTC' })
  async run(now = new Date()): Promise<void> {
    const before = { lt: new Date(now.getTime() - keptDays * 24 * 3600 * 1000) };
    await this.runs.once('purge-sessions', now.toISOString().slice(0, 10), async (tx) => {
      const sessions = await tx.session.deleteMany({ where: { OR: [{ expiresAt: before }, { revokedAt: before }] } });
      const tokens = await tx.userToken.deleteMany({ where: { expiresAt: before } });
      const attempts = await tx.loginAttempt.deleteMany({ where: { updatedAt: before } });
      return { sessions: sessions.count, tokens: tokens.count, attempts: attempts.count };
    });
  }
}
