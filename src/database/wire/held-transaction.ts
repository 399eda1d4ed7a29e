import type pg from 'pg';
import type { Statement } from './pg-internals.js';

interface Connection {
  query(statement: string | Statement): Promise<pg.QueryResult>;
  on(event: 'error', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
  release(): void;
}

const ignore = (): void => undefined;

/** Runs a statement as a transaction, whose commit the request delays: see `CommitHold`. */
export async function inHeldTransaction(pool: { connect(): Promise<unknown> }, statement: Statement): Promise<pg.QueryResult> {
  const connection = (await pool.connect()) as Connection;
  connection.on('error', ignore);
  try {
    await connection.query('begin');
    const result = await connection.query(statement);
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback').catch(ignore);
    throw error;
  } finally {
    connection.removeListener('error', ignore);
    connection.release();
  }
}
