import type pg from 'pg';

/**
 * Returns the address of a role on another server. The role, its password and the parameters stay, so that the same row security applies.
 *
 * @param serverUrl the host and the port and, where they differ, the database and parameters
 */
export function addressOnServer(roleUrl: string, serverUrl: string): string {
  const [address, server] = [new URL(roleUrl), new URL(serverUrl)];
  address.hostname = server.hostname;
  address.port = server.port;
  if (server.pathname.length > 1) address.pathname = server.pathname;
  for (const [name, value] of server.searchParams) address.searchParams.set(name, value);
  return address.href;
}

/** Selects what a database has in common with its copies on physical replicas. */
export const clusterQuery = `select system_identifier || ' ' || current_database() as cluster from pg_catalog.pg_control_system()`;

type Client = Pick<pg.PoolClient, 'query'>;

/**
 * Returns the check of each new connection to a read replica: it must be a copy of the database that the server inspected at its start. Another one could lack row
 * security.
 *
 * @param readCluster reads {@link clusterQuery} on the primary server
 */
export function replicaCheck(readCluster: () => Promise<string>): (client: Client, done: (error?: Error) => void) => void {
  let known: Promise<string> | undefined;
  const check = async (client: Client): Promise<void> => {
    known ??= readCluster();
    known.catch(() => (known = undefined));
    const [cluster, { rows }] = await Promise.all([known, client.query<{ cluster: string }>(clusterQuery)]);
    if (rows[0]?.cluster !== cluster)
      throw new Error('The server of DATABASE_REPORTS_URL is not a physical replica of the server of DATABASE_URL. Correct the address, or unset it.');
  };
  return (client, done) => void check(client).then(() => done(), done);
}
