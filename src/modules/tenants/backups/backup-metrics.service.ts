import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsService } from '../../../observability/metrics.service.js';
import { timeOfBackup, type BackupSummary } from './backup-index.js';
import { BackupStorage } from './backup-storage.js';

/** Metrics of the backups of each night, as the replica that looks for them has found the storage. There are none without BACKUP_URL. */
@Injectable()
export class BackupMetricsService {
  readonly #time: Gauge | undefined;
  readonly #organizations: Gauge | undefined;
  readonly #failures: Counter | undefined;

  constructor({ registry }: MetricsService, { isScheduled }: BackupStorage) {
    if (!isScheduled) return;
    const registers = [registry];
    this.#time = new Gauge({ name: 'tenantry_backup_newest_timestamp_seconds', help: 'Time of the newest complete backup; 0 without one', registers });
    this.#organizations = new Gauge({
      name: 'tenantry_backup_organizations',
      help: 'Organizations of the newest complete backup by whether they are in it',
      labelNames: ['result'],
      registers,
    });
    this.#failures = new Counter({ name: 'tenantry_backup_failures_total', help: 'Attempts to make a backup that have failed', registers });
    // No value until the storage has answered: a zero would look like one without a backup.
    this.#time.remove();
  }

  /** Notes which backup is the newest. */
  noteNewest(newest: BackupSummary | undefined): void {
    const time = newest === undefined ? undefined : timeOfBackup(newest.backup);
    this.#time?.set((time?.getTime() ?? 0) / 1000);
    this.#organizations?.set({ result: 'stored' }, newest?.organizations ?? 0);
    this.#organizations?.set({ result: 'failed' }, newest?.failed.length ?? 0);
  }

  countFailure(): void {
    this.#failures?.inc();
  }
}
