import { Injectable, Logger } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { PollingWorker } from '../../../common/polling-worker.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { backupNameOf } from './backup-index.js';
import { BackupMetricsService } from './backup-metrics.service.js';
import { BackupStorage } from './backup-storage.js';
import { BackupRunningError } from './backups.errors.js';
import { BackupsService } from './backups.service.js';

/** Milliseconds between two looks whether a backup is due. */
const interval = 60_000;
/** Milliseconds after midnight (UTC) at which one is due. */
const due = 2 * 3600 * 1000;

/**
 * Makes the backup of each night, and deletes expired ones. One replica does, and another one continues its backup if it dies. A night without any replica is made
 * up for. It is no job: a job is one transaction of ten minutes.
 */
@Injectable()
export class RunBackupsWorker extends PollingWorker {
  readonly #logger = new Logger(RunBackupsWorker.name);
  #done: string | undefined;
  /** The backups that had ended at the last look. */
  #ended: string | undefined;

  constructor(
    private readonly backups: BackupsService,
    private readonly context: TenantContext,
    private readonly metrics: BackupMetricsService,
    private readonly clock: Clock,
    { isScheduled }: BackupStorage,
    { jobsEnabled }: AppConfig,
  ) {
    super({ interval, enabled: jobsEnabled && isScheduled });
  }

  protected override failed(error: unknown): void {
    if (this.stopping.aborted || error instanceof BackupRunningError) return;
    this.metrics.countFailure();
    this.#logger.error({ err: error }, 'the backup has failed; retrying');
  }

  protected override async look(): Promise<void> {
    try {
      await this.#backUp();
    } finally {
      await this.#noteNewest();
    }
  }

  /** Reads the newest backup if others have ended than at the last look: an index of many organizations is large. */
  async #noteNewest(): Promise<void> {
    const ended = (await this.backups.listNames()).join();
    if (ended === this.#ended) return;
    this.metrics.noteNewest(await this.backups.findNewest());
    this.#ended = ended;
  }

  async #backUp(): Promise<void> {
    const name = backupNameOf(latestDue(this.clock.now()));
    if (name === this.#done) return;
    if (!(await this.backups.hasEnded(name))) {
      const summary = await this.context.runAsPlatform('backup', () => this.backups.makeBackup(name, { signal: this.stopping }), { kind: 'job', name: 'backup' });
      this.#logger.log({ ...summary, failed: summary.failed.length }, 'a backup was made');
    }
    await this.backups.deleteExpired();
    this.#done = name;
  }
}

function latestDue(now: Date): Date {
  const moment = Math.floor((now.getTime() - due) / dayLength) * dayLength + due;
  return new Date(moment);
}
