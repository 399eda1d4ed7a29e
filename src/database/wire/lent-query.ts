import pg from 'pg';
import type { BoundQuery } from './bound-query.js';
import { lend, type LendingPool } from './pg-internals.js';
import { isStaleStatement } from './statement-names.js';

const ignore = (): void => undefined;

/** After an error that the server reports the connection goes on; pg's own pool would throw it away. */
function isRecoverable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR' && !isStaleStatement(error);
}

/**
 * Runs one bound query on a client of a pool. With callbacks, as pg has them inside: each promise on the way of every query
 * costs more than the message that it waits for.
 */
export function runOn(pool: LendingPool, query: BoundQuery): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    lend(pool, (failure, client) => {
      if (client === undefined) return reject(failure);
      client.on('error', ignore); // a lost connection fails the query; as an event it would end the process
      query.callback = (error, result) => {
        client.release(error !== null && !isRecoverable(error));
        client.removeListener('error', ignore);
        if (error === null) resolve(result as pg.QueryResult);
        else reject(error);
      };
      client.query(query);
    });
  });
}
