import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { statementCounts, type RetryReason } from './statement-counts.js';
import { isLost, isRolledBack, isStaleStatement, isUnsent } from './statement-errors.js';

/**
 * Sends a statement that is a transaction of its own, and once more when it is known that the server has done nothing, or has undone it:
 * - without its name when its prepared form is out of date, because each connection can have the old form
 * - after a deadlock or a conflict
 * - when its connection had been closed before it was sent
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
  if (isRolledBack(error)) return 'conflict';
  return isUnsent(error) || (onlyReads && isLost(error)) ? 'connection_lost' : undefined;
}
