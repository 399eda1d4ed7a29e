import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { WokenWork } from '../../../common/woken-work.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { backupNameOf } from './backup-index.js';
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
export class RunBackupsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(RunBackupsWorker.name);
  readonly #stop = new AbortController();
  readonly #looks = new WokenWork(
    () => this.#look(),
    (error) => {
      if (!this.#stop.signal.aborted && !(error instanceof BackupRunningError)) this.#logger.error({ err: error }, 'the backup has failed; retrying');
    },
  );
  #timer: NodeJS.Timeout | undefined;
  #done: string | undefined;

  constructor(
    private readonly backups: BackupsService,
    private readonly storage: BackupStorage,
    private readonly context: TenantContext,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.jobsEnabled || !this.storage.isScheduled) return;
    this.#timer = setInterval(() => this.#looks.wake(), interval);
    this.#looks.wake();
  }

  beforeApplicationShutdown(): void {
    this.#looks.stop();
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.idle();
  }

  async #look(): Promise<void> {
    const name = backupNameOf(latestDue(this.clock.now()));
    if (name === this.#done) return;
    if (!(await this.backups.hasEnded(name))) {
      const summary = await this.context.runAsPlatform('backup', () => this.backups.makeBackup(name, { signal: this.#stop.signal }), { kind: 'job', name: 'backup' });
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
