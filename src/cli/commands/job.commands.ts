import type { Command } from 'commander';
import type { JobReport } from '../../jobs/job-overview.service.js';
import type { ManualJobRun } from '../../jobs/manual-job-runs.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Exit } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

const exits: Readonly<Record<ManualJobRun['outcome'], Exit>> = { done: 'done', failed: 'failed', already_done: 'nothing', busy: 'nothing', waiting: 'nothing' };

function told(job: ManualJobRun): string {
  const what = `${job.job} for ${job.period}`;
  if (job.outcome === 'done') return `${what} is done, in ${job.durationMs} ms: ${JSON.stringify(job.result)}`;
  if (job.outcome === 'failed') return `${what} failed: ${job.error}`;
  if (job.outcome === 'busy') return `${what} was not run: another process is running this job.`;
  return `${what} was done before; --force does it again.`;
}

function lineOf({ name, cron, nextRunAt, overdue, lastRun }: JobReport): string {
  const last = lastRun === null ? 'never ran' : `${lastRun.status} for ${lastRun.period} at ${lastRun.finishedAt.toISOString()}, in ${lastRun.durationMs} ms`;
  const trouble = lastRun?.error == null ? '' : ` (attempt ${lastRun.attempts}: ${lastRun.error})`;
  return `${name.padEnd(30)} ${cron.padEnd(16)} next ${nextRunAt.toISOString()}  ${overdue ? 'OVERDUE  ' : ''}${last}${trouble}`;
}

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'job:list',
    description: 'List the scheduled jobs: when they are due (UTC), and how they last ran.',
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
}

const runCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'job:run',
    description: 'Run a scheduled job at once.',
    examples: ['job:run purge-mail', 'job:run purge-mail --period 2026-11-21 --force'],
    exits: { notFound: 'there is no such job', nothing: 'nothing to do: it was done for this period already, or another process is doing it' },
  })
    .argument('<job>', 'its name: job:list has them')
    .option('--period <period>', 'what for, e.g. 2026-11-21; the one that was due last when left out')
    .option('--force', 'although it is done')
    .action((name: string, { period, force, ...options }: RunOptions) =>
      runInApplication(terminal, { name: 'job:run', options }, async (app) => {
        const { ManualJobRunsService } = await import('../../jobs/manual-job-runs.service.js');
        const ran = await app.get(ManualJobRunsService).run(name, { ...(period === undefined ? {} : { period }), force: force === true });
        return { value: ran, lines: () => [told(ran)], exit: exits[ran.outcome] };
      }),
    );

/** `tenantry job:…`: the scheduled jobs, by hand. */
export const jobCommands = (terminal: Terminal): Command[] => [listCommand(terminal), runCommand(terminal)];
