import pg from 'pg';
import { lend, type LendingPool } from './pg-internals.js';
import type { PreparedQuery } from './prepared-query.js';
import { isStaleStatement } from './prepared-statement-names.js';

const ignore = (): void => undefined;

/** Whether the connection can be used again: after an error that the server reports it can, but pg's own pool would close it. */
function isRecoverable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR' && !isStaleStatement(error);
}

/**
 * Runs one query on a client of a pool. It uses callbacks, like the inside of pg: it is on the path of every query,
 * and each promise would cost more than the additional message.
 */
export function runOnPool(pool: LendingPool, query: PreparedQuery): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    lend(pool, (failure, client) => {
      if (client === undefined) return reject(failure);
      client.on('error', ignore); // a lost connection fails the query; an unhandled event would also end the process
      query.onAnswer((error, result) => {
        client.release(error !== null && !isRecoverable(error));
        client.removeListener('error', ignore);
        if (error === null) resolve(result as pg.QueryResult);
        else reject(error);
      });
      client.query(query);
    });
  });
}
