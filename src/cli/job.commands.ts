import type { Command } from 'commander';
import { JobOverview, type JobReport } from '../jobs/job-overview.service.js';
import { ManualJobRuns, type ManualJobRun } from '../jobs/manual-job-runs.service.js';
import { toJobDto } from '../modules/operator/jobs.dto.js';
import { command, run, type Common } from './operator-command.js';
import { exitCodes, print } from './output.js';

const codes: Record<ManualJobRun['outcome'], number> = {
  done: exitCodes.done,
  failed: exitCodes.failed,
  already_done: exitCodes.nothing,
  busy: exitCodes.nothing,
  waiting: exitCodes.nothing,
};

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

function listCommand(): Command {
  return command('job:list', 'List the scheduled jobs: when they are due (UTC), and how they last ran.').action(async (options: Common) => {
    await run(options, 'job:list', async (app) => {
      const data = await app.get(JobOverview).list();
      print(options.json, { data: data.map(toJobDto) }, () => data.map(lineOf));
    });
  });
}

function runCommand(): Command {
  return command('job:run', 'Run a scheduled job at once. Exits with 5 when there is nothing to do.')
    .argument('<job>', 'its name: job:list has them')
    .option('--period <period>', 'what for, e.g. 2026-11-21; the one that was due last when left out')
    .option('--force', 'although it is done')
    .action(async (name: string, { period, force, ...options }: Common & { period?: string; force?: boolean }) => {
      await run(options, 'job:run', async (app) => {
        const ran = await app.get(ManualJobRuns).run(name, { ...(period === undefined ? {} : { period }), force: force === true });
        print(options.json, ran, () => [told(ran)]);
        return codes[ran.outcome];
      });
    });
}

/** `tenantry job:…`: the scheduled jobs, by hand. */
export function jobCommands(): Command[] {
  return [listCommand(), runCommand()];
}
