import type pg from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { UtcClient } from '../utc-client.js';

/** Milliseconds that the answer to a statement may take. The statements of a set-up and of an inspection read catalogs, or change a few rows. */
const longestAnswer = 60_000;

/** Says what cures a code of PostgreSQL. Every other code comes from the way to the server. */
const advice: Readonly<Record<string, string>> = {
  '28P01': 'Correct the user or the password in the URL of the database.',
  '28000': 'Correct the user in the URL of the database, or allow it in pg_hba.conf.',
  '3D000': 'Create the database, or correct its name in the URL.',
  '53300': 'The server has no free connection: raise its max_connections, or lower DATABASE_POOL_SIZE.',
};

const adviceFor = (code = ''): string => advice[code] ?? 'Start the database server, or correct its address in the URL.';

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
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DatabaseSetUpError(`Cannot connect to the database at ${host}${pathname} as ${username}: ${message || code}. ${adviceFor(code)}`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
