import { BooleanField, ChoiceField, IntegerField, ListField, ObjectField, RecordField, TextField, TimeField } from '../../common/http/fields.js';
import { periodKinds } from '../../jobs/timetable.js';
import type { JobReport } from '../../jobs/job-overview.service.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class JobRunDto {
  @TextField({ example: '2026-11-21', description: 'What it was run for' })
  period!: string;

  @ChoiceField(['done', 'failed'])
  status!: 'done' | 'failed';

  @TimeField()
  startedAt!: Date;

  @TimeField()
  finishedAt!: Date;

  @IntegerField(units)
  durationMs!: number;

  @RecordField({ nullable: true, description: 'What the work told of itself' })
  result!: Record<string, unknown> | null;

  @TextField({ nullable: true, max: 1000, description: 'Why it failed' })
  error!: string | null;

  @IntegerField({ ...units, description: 'How often it was tried' })
  attempts!: number;

  @TimeField({ nullable: true, description: 'When a failed one is tried again' })
  retryAt!: Date | null;

  @TextField({ description: 'The process that ran it: host:pid' })
  replica!: string;
}

export class JobDto {
  @TextField({ example: 'purge-mail' })
  name!: string;

  @TextField({ example: '0 20 3 * * *', description: 'When it is due, in UTC, seconds first' })
  cron!: string;

  @ChoiceField(periodKinds, { description: 'What it is done once for' })
  period!: string;

  @BooleanField({ description: 'Whether each missed period is made up for; else the latest alone' })
  everyPeriod!: boolean;

  @TimeField()
  nextRunAt!: Date;

  @BooleanField({ description: 'Due for more than ten minutes, and not done' })
  overdue!: boolean;

  @ObjectField(() => JobRunDto, { nullable: true, description: 'The latest period that was tried; null: none was' })
  lastRun!: JobRunDto | null;

  @TimeField({ nullable: true, description: 'When it succeeded last' })
  lastDoneAt!: Date | null;
}

export class JobListDto {
  @ListField(() => JobDto)
  data!: JobDto[];
}

export function toJobDto({ lastRun, lastDone, ...job }: JobReport): JobDto {
  return { ...job, lastRun: lastRun === null ? null : toJobRunDto(lastRun), lastDoneAt: lastDone?.finishedAt ?? null };
}

function toJobRunDto({ period, status, startedAt, finishedAt, durationMs, result, error, attempts, retryAt, replica }: NonNullable<JobReport['lastRun']>): JobRunDto {
  return { period, status, startedAt, finishedAt, durationMs, result: result as Record<string, unknown> | null, error, attempts, retryAt, replica };
}
