import type pg from 'pg';
import { refusalOf } from './changed-authority.js';
import { lend, type LendingPool } from './connection-pool.js';
import type { PreparedQuery } from './prepared-query.js';
import { isReadOnly, isRecoverable } from './statement-errors.js';

/**
 * Runs one query on a client of a pool. It uses callbacks, like the inside of pg: it is on the path of every query,
 * and each promise would cost more than the additional message.
 */
export function runOnPool(pool: LendingPool, query: PreparedQuery): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    lend(pool, (failure, client) => {
      if (client === undefined) {
        query.abandon(failure as Error);
        return reject(failure);
      }
      query.onAnswer((error, result) => {
        client.release(error === null || isRecoverable(error) ? undefined : error);
        if (error === null) return resolve(result as pg.QueryResult);
        if (isReadOnly(error)) pool.renew();
        reject(refusalOf(error));
      });
      client.query(query);
    });
  });
}
