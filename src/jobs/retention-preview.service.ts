import { Injectable } from '@nestjs/common';
import { JobRegistryService } from './job-registry.service.js';
import { ManualJobRunsService } from './manual-job-runs.service.js';

/** The rows that a job would delete now. */
export interface RetentionPreview {
  readonly job: string;
  /** Table → rows. */
  readonly deleted: Readonly<Record<string, number>>;
  /** The bounds of the job that it would exceed, or its error; null if it would succeed. */
  readonly trouble: string | null;
}

/** Previews what the retention of all kinds of data would delete now: by a dry run of each job that destroys data. */
@Injectable()
export class RetentionPreviewService {
  constructor(
    private readonly registry: JobRegistryService,
    private readonly runs: ManualJobRunsService,
  ) {}

  async preview(): Promise<RetentionPreview[]> {
    const previews: RetentionPreview[] = [];
    for (const { name, mayDelete, actsOutside } of this.registry.all()) if (mayDelete !== undefined && actsOutside !== true) previews.push(await this.#previewJob(name));
    return previews;
  }

  async #previewJob(job: string): Promise<RetentionPreview> {
    const run = await this.runs.run(job, { dryRun: true, force: true });
    if (run.outcome === 'failed') return { job, deleted: {}, trouble: run.error };
    if (run.outcome !== 'dry_run') return { job, deleted: {}, trouble: 'Another process is running the job. Try again.' };
    const deleted = Object.entries(run.changes).flatMap(([table, change]) => (change.deleted > 0 ? [[table, change.deleted] as const] : []));
    return { job, deleted: Object.fromEntries(deleted), trouble: run.beyond };
  }
}
