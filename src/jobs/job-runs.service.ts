import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../database/platform-db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { TenantContext } from '../tenancy/tenant-context.js';

/** Runs scheduled work exactly once over any number of replicas. */
@Injectable()
export class JobRuns {
  readonly #logger = new Logger(JobRuns.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly config: AppConfig,
  ) {}

  /**
   * Does the work of a job for a period, unless some replica did it already. The row that says so and the work itself
   * are one transaction: who comes second waits for the first, and takes over when that one fails.
   *
   * @param period the key of what the run is for, e.g. `2026-11-21T05`
   * @returns whether this call did the work
   */
  async once(job: string, period: string, work: (tx: PlatformTransaction) => Promise<Prisma.InputJsonObject>): Promise<boolean> {
    if (!this.config.jobsEnabled) return false;
    const run = (): Promise<boolean> =>
      this.platform.$transaction(
        async (tx) => {
          const claimed = await tx.$executeRaw`insert into job_runs (job, period) values (${job}, ${period}) on conflict do nothing`;
          if (claimed === 0) return false;
          const result = await work(tx);
          await tx.jobRun.update({ where: { job_period: { job, period } }, data: { finishedAt: new Date(), result } });
          this.#logger.log({ job, period, result }, 'job done');
          return true;
        },
        { timeout: 600_000 },
      );
    return this.context.runAsPlatform(`job ${job}`, run, { kind: 'job', name: job });
  }
}
