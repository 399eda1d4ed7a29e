import { Injectable, Logger } from '@nestjs/common';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Clock } from '../common/clock.js';
import { PlatformDb, type PlatformTransaction } from '../database/platform-db.js';
import type { JobRun } from '../generated/prisma/client.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import type { RegisteredJob } from './job-registry.service.js';
import { recordDone, recordFailure, takeJob, type RecordedRun } from './job-runs.queries.js';
import type { JobResult } from './scheduled-job.decorator.js';

/** What became of an attempt to run a job. */
export type JobOutcome =
  | { readonly outcome: 'done'; readonly result: JobResult; readonly durationMs: number }
  /** Nothing to do: it was done before; or somebody else is at it; or it failed, and is to be tried again later. */
  | { readonly outcome: 'already_done' | 'busy' | 'waiting' }
  | { readonly outcome: 'failed'; readonly error: string; readonly durationMs: number };

export interface AttemptOptions {
  /** The time for the work to go by; the clock's when left out. */
  readonly now?: Date;
  /** By somebody, at once, in their name; not by the schedule. */
  readonly byHand?: boolean;
  /** Although it is done. */
  readonly again?: boolean;
}

interface Attempt extends Required<AttemptOptions> {
  readonly job: RegisteredJob;
  readonly period: string;
  readonly began: number;
}

const replica = `${hostname()}:${process.pid}`;
const limits = { maxWait: 10_000, timeout: 600_000 };

/** Runs jobs exactly once for each period, over any number of replicas. */
@Injectable()
export class JobRunsService {
  readonly #logger = new Logger(JobRunsService.name);
  readonly #counts = new Map<string, { readonly job: string; readonly outcome: 'done' | 'failed'; count: number }>();

  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly clock: Clock,
  ) {}

  /** How often this process did a job or failed in it. */
  get counts(): readonly { readonly job: string; readonly outcome: 'done' | 'failed'; readonly count: number }[] {
    return [...this.#counts.values()];
  }

  /**
   * Does the work of a job for a period, unless it is done, or being done, by any replica. The work and the row that
   * says so are one transaction; a failure is recorded after that one, and tried again by whoever comes next.
   */
  async attempt(job: RegisteredJob, period: string, { now = this.clock.now(), byHand = false, again = false }: AttemptOptions = {}): Promise<JobOutcome> {
    const attempt = { job, period, now, byHand, again, began: performance.now() };
    const outcome = await this.context.runAsPlatform(`job ${job.name}`, () => this.#run(attempt), byHand ? undefined : { kind: 'job', name: job.name });
    if (outcome.outcome === 'done' || outcome.outcome === 'failed') this.#tell(attempt, outcome);
    return outcome;
  }

  async #run(attempt: Attempt): Promise<JobOutcome> {
    try {
      return await this.platform.$transaction((tx) => this.#work(tx, attempt), limits);
    } catch (cause) {
      const error = (cause instanceof Error ? cause.message : String(cause)).trim().slice(0, 1000);
      const run = recorded(attempt);
      try {
        await recordFailure(this.platform, run, error);
      } catch (unrecorded) {
        this.#logger.error({ err: unrecorded, job: run.job, period: run.period }, 'the failure of a job could not be recorded');
      }
      return { outcome: 'failed', error, durationMs: run.durationMs };
    }
  }

  async #work(tx: PlatformTransaction, attempt: Attempt): Promise<JobOutcome> {
    const { job, period, now, again } = attempt;
    if (!(await takeJob(tx, job.name))) return { outcome: 'busy' };
    const before = await tx.jobRun.findUnique({ where: { job_period: { job: job.name, period } } });
    const idle = reasonToRest(before, attempt);
    if (idle !== undefined) return { outcome: idle };
    const result = await job.work.run(tx, { period, now });
    const run = recorded(attempt);
    if (!(await recordDone(tx, run, { result, again }))) throw new Error('It was done meanwhile by another process.');
    return { outcome: 'done', result, durationMs: run.durationMs };
  }

  #tell({ job: { name: job }, period, byHand }: Attempt, told: Extract<JobOutcome, { outcome: 'done' | 'failed' }>): void {
    const { outcome } = told;
    const known = this.#counts.get(`${job} ${outcome}`) ?? { job, outcome, count: 0 };
    this.#counts.set(`${job} ${outcome}`, { ...known, count: known.count + 1 });
    if (told.outcome === 'done') this.#logger.log({ job, period, result: told.result, durationMs: told.durationMs }, 'job done');
    // Who runs it by hand is told; a log line would stand among the answer.
    else if (!byHand) this.#logger.error({ job, period, error: told.error, durationMs: told.durationMs }, 'job failed');
  }
}

function reasonToRest(before: Pick<JobRun, 'status' | 'retryAt'> | null, { now, byHand, again }: Attempt): 'already_done' | 'waiting' | undefined {
  if (before === null) return undefined;
  if (before.status === 'done') return again ? undefined : 'already_done';
  return !byHand && before.retryAt !== null && before.retryAt > now ? 'waiting' : undefined;
}

function recorded({ job, period, now, began }: Attempt): RecordedRun {
  const durationMs = Math.round(performance.now() - began);
  return { job: job.name, period, startedAt: now, finishedAt: new Date(now.getTime() + durationMs), durationMs, replica };
}
