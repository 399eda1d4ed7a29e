import { Injectable, Logger } from '@nestjs/common';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Clock } from '../common/clock.js';
import { AppError } from '../common/errors/app-error.js';
import { storableText } from '../common/text/storable-text.js';
import { inSpan } from '../common/tracing.js';
import { lockOutErasures } from '../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../database/platform-db.js';
import type { JobRun } from '../generated/prisma/client.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { beyondBounds } from './deletion-bound.js';
import type { RegisteredJob } from './job-registry.service.js';
import { recordDone, recordFailure, takeJob, type RecordedRun } from './job-runs.queries.js';
import { DeletionBoundError } from './jobs.errors.js';
import type { JobResult } from './scheduled-job.decorator.js';
import { changesBetween, readTableCounters, type TableChange } from './table-changes.queries.js';

/** The outcome of an attempt to run a job. */
export type JobOutcome =
  | { readonly outcome: 'done'; readonly result: JobResult; readonly durationMs: number }
  /** Nothing was run: the period is done; or another replica is running the job; or it failed and its delay is not over. */
  | { readonly outcome: 'already_done' | 'busy' | 'waiting' }
  | { readonly outcome: 'failed'; readonly error: string; readonly durationMs: number }
  /** Everything was undone. `beyond` says what the run would delete beyond the bounds of the job. */
  | {
      readonly outcome: 'dry_run';
      readonly result: JobResult;
      readonly changes: Readonly<Record<string, TableChange>>;
      readonly beyond: string | null;
      readonly durationMs: number;
    };

export interface AttemptOptions {
  /** The time that the work uses; the database's when left out. */
  readonly now?: Date;
  /** Run at once for a person, in their name, and not by the schedule. */
  readonly manual?: boolean;
  /** Run it even if it is done. */
  readonly force?: boolean;
  /** Let it delete more than its bounds. */
  readonly unbounded?: boolean;
  /** Undo everything, record nothing, and return what the run would change. */
  readonly dryRun?: boolean;
}

/** Rolls a dry run back. */
class DryRunUndone extends Error {
  constructor(readonly outcome: JobOutcome) {
    super('A dry run is undone.');
  }
}

interface Attempt extends Required<AttemptOptions> {
  readonly job: RegisteredJob;
  readonly period: string;
  readonly began: number;
}

/** Whether the caller, who has asked for the run, may no longer do so. Nothing was run. */
const isRefusal = (error: unknown): boolean => error instanceof AppError && (error.kind === 'forbidden' || error.kind === 'unauthenticated');

const replica = `${hostname()}:${process.pid}`;
const limits = { maxWait: 10_000, timeout: 600_000 };

/** Runs jobs exactly once for each period, across all replicas. */
@Injectable()
export class JobRunsService {
  readonly #logger = new Logger(JobRunsService.name);
  readonly #counts = new Map<string, { readonly job: string; readonly outcome: 'done' | 'failed'; count: number }>();

  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly clock: Clock,
  ) {}

  /** How often each job succeeded and failed in this process. */
  get counts(): readonly { readonly job: string; readonly outcome: 'done' | 'failed'; readonly count: number }[] {
    return [...this.#counts.values()];
  }

  /**
   * Runs a job for a period, unless any replica has done it or is doing it. The work and the row that records it are one
   * transaction. A failure is recorded after that transaction; any replica may retry.
   */
  async attempt(job: RegisteredJob, period: string, { now, manual = false, force = false, unbounded = false, dryRun = false }: AttemptOptions = {}): Promise<JobOutcome> {
    const attempt = { job, period, now: now ?? (await this.clock.current()), manual, force, unbounded, dryRun, began: performance.now() };
    const attributes = { 'tenantry.job.name': job.name, 'tenantry.job.period': period };
    const outcome = await inSpan(`job ${job.name}`, { attributes, parent: {} }, async (span) => {
      const done = await this.context.runAsPlatform(`job ${job.name}`, () => this.#run(attempt), manual ? undefined : { kind: 'job', name: job.name });
      span?.set({ 'tenantry.job.outcome': done.outcome, ...(done.outcome === 'failed' ? { 'error.type': 'failed' } : {}) });
      return done;
    });
    if (outcome.outcome === 'done' || (outcome.outcome === 'failed' && !dryRun)) this.#report(attempt, outcome);
    return outcome;
  }

  async #run(attempt: Attempt): Promise<JobOutcome> {
    try {
      return await this.platform.$transaction((tx) => this.#work(tx, attempt), limits);
    } catch (cause) {
      if (cause instanceof DryRunUndone) return cause.outcome;
      if (isRefusal(cause)) throw cause;
      const error = storableText((cause instanceof Error ? cause.message : String(cause)).trim(), 1000);
      const run = recorded(attempt);
      if (attempt.dryRun) return { outcome: 'failed', error, durationMs: run.durationMs };
      try {
        await recordFailure(this.platform, run, error);
      } catch (unrecorded) {
        this.#logger.error({ err: unrecorded, job: run.job, period: run.period }, 'the failure of a job could not be recorded');
      }
      return { outcome: 'failed', error, durationMs: run.durationMs };
    }
  }

  async #work(tx: PlatformTransaction, attempt: Attempt): Promise<JobOutcome> {
    const { job, period, now, force, unbounded, dryRun } = attempt;
    if (!(await takeJob(tx, job.name))) return { outcome: 'busy' };
    // Erasures wait for the database only, and for no other server.
    if (job.actsOutside !== true) await lockOutErasures(tx);
    const earlier = await tx.jobRun.findUnique({ where: { job_period: { job: job.name, period } } });
    const skipped = skipReason(earlier, attempt);
    if (skipped !== undefined) return { outcome: skipped };
    const measured = dryRun || job.mayDelete !== undefined;
    const before = measured ? await readTableCounters(tx) : undefined;
    const result = await job.work.run(tx, { period, now });
    const changes = before === undefined ? new Map<string, TableChange>() : changesBetween(before, await readTableCounters(tx));
    const beyond = beyondBounds(job.mayDelete ?? {}, changes);
    const run = recorded(attempt);
    if (dryRun) throw new DryRunUndone({ outcome: 'dry_run', result, changes: Object.fromEntries(changes), beyond: beyond ?? null, durationMs: run.durationMs });
    if (beyond !== undefined && !unbounded) throw new DeletionBoundError(job.name, beyond);
    if (!(await recordDone(tx, run, { result, force }))) throw new Error('Another process did the job meanwhile.');
    return { outcome: 'done', result, durationMs: run.durationMs };
  }

  #report({ job: { name: job }, period, manual }: Attempt, result: Extract<JobOutcome, { outcome: 'done' | 'failed' }>): void {
    const { outcome } = result;
    const known = this.#counts.get(`${job} ${outcome}`) ?? { job, outcome, count: 0 };
    this.#counts.set(`${job} ${outcome}`, { ...known, count: known.count + 1 });
    // A run with nothing to do would hide the others, and the welcome at a first start.
    const level = result.outcome === 'done' && Object.values(result.result).every((count) => count === 0) ? 'debug' : 'log';
    if (result.outcome === 'done') this.#logger[level]({ job, period, result: result.result, durationMs: result.durationMs }, 'job done');
    // The command reports a manual failure itself.
    else if (!manual) this.#logger.error({ job, period, error: result.error, durationMs: result.durationMs }, 'job failed');
  }
}

function skipReason(earlier: Pick<JobRun, 'status' | 'retryAt'> | null, { now, manual, force, dryRun }: Attempt): 'already_done' | 'waiting' | undefined {
  if (earlier === null || dryRun) return undefined;
  if (earlier.status === 'done') return force ? undefined : 'already_done';
  return !manual && earlier.retryAt !== null && earlier.retryAt > now ? 'waiting' : undefined;
}

function recorded({ job, period, now, began }: Attempt): RecordedRun {
  const durationMs = Math.round(performance.now() - began);
  return { job: job.name, period, startedAt: now, finishedAt: new Date(now.getTime() + durationMs), durationMs, replica };
}
