import { BooleanField, ChoiceField, choices, IntegerField, ListField, ObjectField, RecordField, TextField, TimeField } from '../../common/http/fields.js';
import { WholeList } from '../../common/http/pages/page.js';
import { periodKinds } from '../../jobs/timetable.js';
import type { JobReport } from '../../jobs/job-overview.service.js';
import type { ManualJobRun } from '../../jobs/manual-job-runs.service.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class JobRunDto {
  @TextField({ example: '2026-11-21', description: 'The period that the job was run for' })
  period!: string;

  @ChoiceField(['done', 'failed'], { description: 'Whether the run succeeded' })
  status!: 'done' | 'failed';

  @TimeField({ description: 'The time at which the run began' })
  startedAt!: Date;

  @TimeField({ description: 'The time at which the run ended' })
  finishedAt!: Date;

  @IntegerField({ ...units, description: 'The duration of the run, in milliseconds' })
  durationMs!: number;

  @RecordField({ nullable: true, description: 'The result that the job reported; null for a failed run' })
  result!: Record<string, unknown> | null;

  @TextField({ nullable: true, max: 1000, description: 'The error of a failed run; null for a successful one' })
  error!: string | null;

  @IntegerField({ ...units, description: 'The number of attempts' })
  attempts!: number;

  @TimeField({ nullable: true, description: 'The time of the next attempt after a failed run; null if none follows' })
  retryAt!: Date | null;

  @TextField({ description: 'The process that ran the job, as host:pid' })
  replica!: string;
}

export class JobDto {
  @TextField({ example: 'purge-mail', description: 'The name with which the job is run by hand' })
  name!: string;

  @TextField({ example: '0 20 3 * * *', description: 'The cron expression in UTC, with seconds as the first field' })
  cron!: string;

  @ChoiceField(periodKinds, { description: 'The period in which the job runs once' })
  period!: string;

  @BooleanField({ description: 'Whether the job runs for each missed period; if false, only for the latest' })
  everyPeriod!: boolean;

  @TimeField({ description: 'The time at which the job is next due' })
  nextRunAt!: Date;

  @BooleanField({ description: 'Whether the job has been due for more than ten minutes' })
  overdue!: boolean;

  @ObjectField(() => JobRunDto, { nullable: true, description: 'The run for the latest period that was attempted; null if there is none' })
  lastRun!: JobRunDto | null;

  @TimeField({ nullable: true, description: 'The time of the last successful run; null if there is none' })
  lastDoneAt!: Date | null;
}

export class JobListDto extends WholeList {
  @ListField(() => JobDto, { description: 'All jobs of the installation' })
  data!: JobDto[];
}

export class RunJobDto {
  @BooleanField({ optional: true, description: 'Whether to run the job again if it is done for the period. Default: false' })
  force?: boolean;

  @BooleanField({
    optional: true,
    description: 'Whether to undo all changes and record nothing. A job that also acts outside of the database is refused (`no_dry_run`). Default: false',
  })
  dryRun?: boolean;
}

export class TableChangeDto {
  @TextField({ example: 'mail_messages', description: 'The name of the table' })
  table!: string;

  @IntegerField({ ...units, description: 'The number of rows that would be inserted' })
  inserted!: number;

  @IntegerField({ ...units, description: 'The number of rows that would be updated' })
  updated!: number;

  @IntegerField({ ...units, description: 'The number of rows that would be deleted' })
  deleted!: number;

  @IntegerField({ ...units, description: 'About how many rows the table has' })
  rowsBefore!: number;
}

const outcomes = ['done', 'failed', 'dry_run', 'already_done', 'busy', 'waiting'] as const satisfies readonly ManualJobRun['outcome'][];

export class ManualJobRunDto {
  @TextField({ example: 'purge-mail', description: 'The name of the job' })
  job!: string;

  @TextField({ example: '2026-11-21', description: 'The period for which it was to run' })
  period!: string;

  @ChoiceField(choices('JobOutcome', outcomes), {
    description:
      '`done`, `failed` and `dry_run` (all is undone): it was run. `already_done`: not run, because it is done for the period. `busy`: not run, because another process is running it. `waiting`: not run, because it waits for its next attempt.',
  })
  outcome!: ManualJobRun['outcome'];

  @IntegerField({ ...units, nullable: true, description: 'The duration of the run, in milliseconds; null if it was not run' })
  durationMs!: number | null;

  @RecordField({ nullable: true, description: 'The result that the job reported; null for a failed run, and if it was not run' })
  result!: Record<string, unknown> | null;

  @TextField({ nullable: true, max: 1000, description: 'The error of a failed run; null otherwise' })
  error!: string | null;

  @ListField(() => TableChangeDto, { nullable: true, description: 'The changes of a dry run, by table; null if the run was none' })
  changes!: TableChangeDto[] | null;

  @TextField({ nullable: true, description: 'The rows that a dry run would delete beyond the bounds of the job, so that the job would fail; null if there are none' })
  beyond!: string | null;
}

export function toManualJobRunDto(run: ManualJobRun): ManualJobRunDto {
  const changes = run.outcome === 'dry_run' ? Object.entries(run.changes).map(([table, change]) => ({ table, ...change })) : null;
  return { durationMs: null, result: null, error: null, beyond: null, ...run, changes };
}

export function toJobDto({ lastRun, lastDone, ...job }: JobReport): JobDto {
  return { ...job, lastRun: lastRun === null ? null : toJobRunDto(lastRun), lastDoneAt: lastDone?.finishedAt ?? null };
}

function toJobRunDto({ period, status, startedAt, finishedAt, durationMs, result, error, attempts, retryAt, replica }: NonNullable<JobReport['lastRun']>): JobRunDto {
  return { period, status, startedAt, finishedAt, durationMs, result: result as Record<string, unknown> | null, error, attempts, retryAt, replica };
}
