import type pg from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { UtcClient } from '../utc-client.js';

/** Runs `work` with a connection. @throws {DatabaseSetUpError} with the address but without its password, when it cannot connect */
export async function withConnection<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new UtcClient({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'tenantry set-up' });
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
