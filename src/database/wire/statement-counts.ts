import { errorKindOf, errorKinds, type ErrorKind } from './statement-errors.js';

/** The upper bounds of the histogram, in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Why a statement was sent once more. */
export type RetryReason = 'stale_statement' | 'conflict' | 'connection_lost';

export const retryReasons: readonly RetryReason[] = ['stale_statement', 'conflict', 'connection_lost'];

/**
 * Counts the statements of this process. It only adds to numbers: it is on the path of every statement. Failed attempts to get a connection count as
 * failed statements, those of the queue too; its other statements and the listener's do not count.
 */
class StatementCounts {
  /** How many took as long as the bound of the same index, and longer than the one before; the last element has those above all bounds. */
  readonly buckets: number[] = Array.from({ length: durationBounds.length + 1 }, () => 0);
  readonly errors = new Map<ErrorKind, number>(errorKinds.map((kind) => [kind, 0]));
  readonly retries = new Map<RetryReason, number>(retryReasons.map((reason) => [reason, 0]));
  /** Seconds of all statements together. */
  seconds = 0;

  /** @param began when the statement was sent, by `performance.now()` */
  answered(began: number): void {
    const seconds = (performance.now() - began) / 1000;
    let index = 0;
    while (index < durationBounds.length && seconds > (durationBounds[index] as number)) index += 1;
    this.buckets[index] = (this.buckets[index] as number) + 1;
    this.seconds += seconds;
  }

  failed(error: Error): void {
    const kind = errorKindOf(error);
    this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
  }

  retried(reason: RetryReason): void {
    this.retries.set(reason, (this.retries.get(reason) ?? 0) + 1);
  }
}

/** Those of this process. */
export const statementCounts = new StatementCounts();
