import type { Command } from 'commander';
import type { JobReport } from '../../jobs/job-overview.service.js';
import type { ManualJobRun } from '../../jobs/manual-job-runs.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Exit } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

const exits: Readonly<Record<ManualJobRun['outcome'], Exit>> = { done: 'done', failed: 'failed', already_done: 'nothing', busy: 'nothing', waiting: 'nothing', dry_run: 'done' };

function describeRun(job: ManualJobRun): string {
  const run = `${job.job} for ${job.period}`;
  if (job.outcome === 'done') return `${run}: done in ${job.durationMs} ms: ${JSON.stringify(job.result)}`;
  if (job.outcome === 'failed') return `${run}: failed: ${job.error}`;
  if (job.outcome === 'dry_run') return `${run}: dry run of ${job.durationMs} ms, nothing was changed. The result would be ${JSON.stringify(job.result)}`;
  if (job.outcome === 'busy') return `${run}: not run, because another process is running this job.`;
  return `${run}: already done. Pass --force to run it again.`;
}

/** Describes the changes of a dry run, a line for each table. */
function describeChanges(job: ManualJobRun): string[] {
  if (job.outcome !== 'dry_run') return [];
  const lines = Object.entries(job.changes).map(
    ([table, { inserted, updated, deleted, rowsBefore }]) => `  ${table}: ${deleted} deleted, ${updated} updated, ${inserted} inserted (about ${rowsBefore} rows before)`,
  );
  return [...lines, ...(job.beyond === null ? [] : [`${job.beyond} The job would fail. Pass --unbounded to let it.`])];
}

function lineOf({ name, cron, nextRunAt, overdue, lastRun }: JobReport): string {
  const last = lastRun === null ? 'never run' : `${lastRun.status} for ${lastRun.period} at ${lastRun.finishedAt.toISOString()} in ${lastRun.durationMs} ms`;
  const trouble = lastRun?.error == null ? '' : ` (attempt ${lastRun.attempts}: ${lastRun.error})`;
  return `${name.padEnd(30)} ${cron.padEnd(16)} next ${nextRunAt.toISOString()}  ${overdue ? 'OVERDUE  ' : ''}${last}${trouble}`;
}

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'job:list',
    description: 'Lists the scheduled jobs with their next run (UTC) and the result of their last run.',
    examples: ['job:list', 'job:list --json'],
  }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'job:list', options }, async (app) => {
      const { JobOverviewService } = await import('../../jobs/job-overview.service.js');
      const { toJobDto } = await import('../../modules/tenants/jobs.dto.js');
      const data = await app.get(JobOverviewService).list();
      return { value: { data: data.map(toJobDto) }, lines: () => data.map(lineOf) };
    }),
  );

interface RunOptions extends ApplicationOptions {
  readonly period?: string;
  readonly force?: boolean;
  readonly unbounded?: boolean;
  readonly dryRun?: boolean;
}

const runCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'job:run',
    description: 'Runs a scheduled job now.',
    examples: ['job:run purge-mail', 'job:run purge-mail --period 2026-11-21 --force', 'job:run erase-deleted-organizations --dry-run'],
    exits: { notFound: 'the job does not exist', nothing: 'nothing to do: the job is already done for this period, or another process is running it' },
  })
    .argument('<job>', 'name of the job; job:list shows the names')
    .option('--period <period>', 'period to run the job for, e.g. 2026-11-21 (default: the latest period that is due)')
    .option('--force', 'run the job even if it is already done for the period')
    .option('--unbounded', 'let the job delete more than its bounds')
    .option('--dry-run', 'undo everything, and print what the job would change')
    .action((name: string, { period, force = false, unbounded = false, dryRun = false, ...options }: RunOptions) =>
      runInApplication(terminal, { name: 'job:run', options }, async (app) => {
        const { ManualJobRunsService } = await import('../../jobs/manual-job-runs.service.js');
        const ran = await app.get(ManualJobRunsService).run(name, { ...(period === undefined ? {} : { period }), force, unbounded, dryRun });
        return { value: ran, lines: () => [describeRun(ran), ...describeChanges(ran)], exit: exits[ran.outcome] };
      }),
    );

/** `tenantry job:…`: lists scheduled jobs and runs them on demand. */
export const jobCommands = (terminal: Terminal): Command[] => [listCommand(terminal), runCommand(terminal)];
