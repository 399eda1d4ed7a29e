/**
 * Codes of errors after which a retry may succeed: SQLSTATEs of PostgreSQL, codes of Prisma, and codes of Node's sockets. This
 * is the only list; docs/errors.md#unavailable describes it.
 */
const transientCodes: ReadonlySet<string> = new Set([
  // The server stopped the statement or the transaction: a timeout, a lock, a conflict or a cancellation.
  '57014', // query_canceled, by statement_timeout or by an administrator
  '55P03', // lock_not_available
  '40P01', // deadlock_detected
  '40001', // serialization_failure
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  'P2028', // the transaction could not start in time, or its time is over
  'P2034', // write conflict or deadlock
  '26000', // invalid_sql_statement_name: the server forgot a prepared statement, whose connection is closed
  'ROLLED_BACK', // OutsideTransactionError: the transaction was rolled back before the statement
  // No connection is free, or the server refuses new ones.
  'POOL_BUSY', // PoolBusyError
  'P2024',
  'P2037',
  '53300', // too_many_connections
  '53400', // configuration_limit_exceeded
  // The server is not reachable, is starting or stopping, or closed the connection.
  '53100', // disk_full
  '53200', // out_of_memory
  '58030', // io_error
  '08000',
  '08001',
  '08003',
  '08006',
  '08P01', // PgBouncer's errors, such as query_wait_timeout
  '25006', // read_only_sql_transaction: a failover is in progress
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** Errors of pg and pg-pool that have no code, and that of a prepared statement whose result a migration changed: its connection is closed. */
const transientMessages =
  /^(?:cached plan must not change result type|timeout exceeded when trying to connect|timeout expired|Connection terminated\b.*|Client has encountered a connection error and is not queryable|Client was closed and is not queryable|Cannot use a pool after calling end on the pool)$/;

/** The parts of an error in which a driver, its adapter or Prisma keeps the code. */
interface Coded {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

const vanishedCodes: ReadonlySet<string> = new Set([
  '23503', // foreign_key_violation
  'P2003', // the same, reported by Prisma
  'P2025', // a row to read or to change does not exist
]);

/** Whether a row that the request needs, such as its user, was deleted while the request ran. Services report rows that are missing from the start. */
export const isVanished = (error: unknown): boolean => hasCode(error, vanishedCodes, 4);

/** Whether the database is not available, or stopped the request because of a timeout or a conflict, so that a retry may succeed. */
export const isTransient = (error: unknown): boolean => hasCode(error, transientCodes, 4, transientMessages);

function hasCode(error: unknown, codes: ReadonlySet<string>, depth: number, messages?: RegExp): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false;
  const { code, originalCode, message, cause, meta } = error as Coded;
  if ([code, originalCode].some((each) => typeof each === 'string' && codes.has(each))) return true;
  if (typeof message === 'string' && messages?.test(message) === true) return true;
  return [cause, meta?.driverAdapterError].some((inner) => hasCode(inner, codes, depth - 1, messages));
}
