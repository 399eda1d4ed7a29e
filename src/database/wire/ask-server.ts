import type { ConnectionPool } from './connection-pool.js';
import { PreparedQuery } from './prepared-query.js';
import { runOnPool } from './run-on-pool.js';

/** The state of a server. */
export interface ServerState {
  /** Whether it refuses writes: it is a standby, or is set so. */
  readonly isReadOnly: boolean;
  /** Its time. */
  readonly now: Date;
}

const text = `select current_setting('transaction_read_only'), (extract(epoch from clock_timestamp()) * 1000)::bigint::text`;

/** Asks the server of a pool, over a connection of the pool and over one of its quick reads. It reads no table, so it needs no tenant. */
export async function askServer(pool: Pick<ConnectionPool, 'lanes'>): Promise<ServerState> {
  const query = (): PreparedQuery => new PreparedQuery({ text, rowMode: 'array' });
  const [{ rows }] = await Promise.all([runOnPool(pool as ConnectionPool, query()), pool.lanes.run(query())]);
  const [readOnly, now] = rows[0] as unknown as [string, string];
  return { isReadOnly: readOnly === 'on', now: new Date(Number(now)) };
}
