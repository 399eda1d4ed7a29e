import type pg from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { UtcClient } from '../utc-client.js';

/** Milliseconds that the answer to a statement may take. The statements of a set-up and of an inspection read catalogs, or change a few rows. */
const longestAnswer = 60_000;

/**
 * Runs `work` with a connection.
 *
 * @param answerTimeoutMillis afterwards the connection is closed, and the statement fails: the server hangs, or the network has lost it
 * @throws {DatabaseSetUpError} with the address but without its password, when it cannot connect
 */
export async function withConnection<Result>(url: string, work: (client: pg.Client) => Promise<Result>, answerTimeoutMillis = longestAnswer): Promise<Result> {
  const client = new UtcClient({ connectionString: url, connectionTimeoutMillis: 10_000, answerTimeoutMillis, application_name: 'tenantry set-up' });
  try {
    await client.connect();
  } catch (error) {
    const { username, host, pathname } = new URL(url);
    throw new DatabaseSetUpError(`Cannot connect to the database at ${host}${pathname} as ${username}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
