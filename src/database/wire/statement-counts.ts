/** The upper bounds of the histogram, in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Why statements fail, by SQLSTATE of PostgreSQL or code of Node.js. */
const kindOfCode = {
  40001: 'conflict',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  57014: 'statement_timeout',
  53100: 'disk_full',
  53200: 'out_of_memory',
  58030: 'io_error',
  53300: 'too_many_connections',
  25006: 'read_only',
  '57P01': 'connection_lost',
  '57P02': 'connection_lost',
  '57P03': 'no_connection',
  '57P05': 'connection_lost',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ETIMEDOUT: 'no_answer',
  ECONNREFUSED: 'no_connection',
  EHOSTUNREACH: 'no_connection',
  ENETUNREACH: 'no_connection',
  ENOTFOUND: 'no_connection',
  EAI_AGAIN: 'no_connection',
  POOL_BUSY: 'no_connection',
} as const;

/** Errors of pg and pg-pool without a code. */
const kindOfMessage = [
  [/^(?:timeout exceeded when trying to connect|timeout expired)$/, 'no_connection'],
  [/^Connection terminated\b|not queryable$/, 'connection_lost'],
] as const;

/** Errors that the application causes and answers: a violated constraint, a request that lost its authority. */
type OtherKind = 'constraint' | 'other';
export type ErrorKind = (typeof kindOfCode)[keyof typeof kindOfCode] | OtherKind;
/** Why a statement was sent once more. */
export type RetryReason = 'stale_statement' | 'conflict' | 'connection_lost';

export const errorKinds: readonly ErrorKind[] = [...new Set(Object.values(kindOfCode)), 'constraint', 'other'];
export const retryReasons: readonly RetryReason[] = ['stale_statement', 'conflict', 'connection_lost'];

export function errorKindOf(error: Error): ErrorKind {
  const { code = '' } = error as { code?: string };
  if (Object.hasOwn(kindOfCode, code)) return kindOfCode[code as keyof typeof kindOfCode];
  if (code.startsWith('23')) return 'constraint';
  if (code.startsWith('08')) return 'connection_lost';
  return kindOfMessage.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'other';
}

/**
 * Counts the statements of this process. It only adds to numbers: it is on the path of every statement. The statements of the queue and of the listener
 * are not counted.
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
