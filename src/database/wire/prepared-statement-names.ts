import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Statement } from './pg-internals.js';
import { statementCounts, type RetryReason } from './statement-counts.js';

/** The most statements that get a name. An application has fewer; lists of varying length create new ones without end. */
const maxNamed = 500;
const maxNamedLength = 10_000;
/** PostgreSQL's name of the statement that the next unnamed one replaces. */
const unnamed = '';

/**
 * Returns a function that names statements, so that each connection parses and plans a statement once. This pays above
 * all for the policies of row security, which cost more to plan than to check. Statements beyond the first few hundred
 * get no name. A name contains the hash of its statement: where processes share a session by mistake, it never stands for another statement.
 *
 * @param prefix of the names; different for functions whose statements share connections
 */
export function statementNames(prefix = 'tenantry'): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= maxNamed || sql.length > maxNamedLength) return unnamed;
    const name = `${prefix}_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
    return name;
  };
}

/** The server no longer knows the statement, already knows it, or a migration changed its result. */
const staleCodes = new Set(['26000', '42P05', '0A000']);

/** Whether the error means that a connection's prepared statements are out of date. The connection must be closed. */
export function isStaleStatement(error: unknown): boolean {
  return error instanceof pg.DatabaseError && staleCodes.has(error.code ?? '');
}

/** Whether a write was refused because the server is read-only: a standby, or a primary that was demoted. Its connections must be closed, because another server may be the primary. */
export const isReadOnly = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '25006';

/**
 * Whether the server ends the session with the error: it shuts down, or the session exceeded a limit. By the code, since the severity is written in the
 * language of the server (`lc_messages`).
 */
export const endsSession = (error: pg.DatabaseError): boolean =>
  /^(57P0.|08...|28...|25P0[34]|53300)$/.test(error.code ?? '') || error.severity === 'FATAL' || error.severity === 'PANIC';

/** Whether the connection can be used again: after an error that the server reports it can, but pg's own pool would close it. */
export function isRecoverable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !endsSession(error) && !isStaleStatement(error) && !isReadOnly(error);
}

/** The server has rolled back the statement, which was a transaction of its own: a deadlock, or a conflict. */
const rolledBackCodes = new Set(['40P01', '40001']);

/** Whether the connection was lost. Its statement may have been executed. */
const isLost = (error: unknown): boolean =>
  error instanceof pg.DatabaseError
    ? /^57P0[125]$/.test(error.code ?? '')
    : /^Connection terminated( unexpectedly)?$/.test((error as Error).message) || /^(ECONNRESET|EPIPE)$/.test((error as { code?: string }).code ?? '');

/**
 * Sends a statement that is a transaction of its own, and once more when it is known that the server has done nothing, or has undone it:
 * - without its name when its prepared form is out of date, because each connection can have the old form
 * - after a deadlock or a conflict
 * - when it only reads, after its connection was lost
 */
export const sendCurrent = (statement: Statement, send: (statement: Statement) => Promise<pg.QueryResult>, { onlyReads = false } = {}): Promise<pg.QueryResult> =>
  send(statement).then(undefined, (error: unknown) => {
    const reason = reasonToRepeat(statement, error, onlyReads);
    if (reason === undefined) throw error;
    statementCounts.retried(reason);
    return send(reason === 'stale_statement' ? { ...statement, name: undefined } : statement);
  });

function reasonToRepeat({ name }: Statement, error: unknown, onlyReads: boolean): RetryReason | undefined {
  if (name !== undefined && isStaleStatement(error)) return 'stale_statement';
  if (error instanceof pg.DatabaseError && rolledBackCodes.has(error.code ?? '')) return 'conflict';
  return onlyReads && isLost(error) ? 'connection_lost' : undefined;
}
