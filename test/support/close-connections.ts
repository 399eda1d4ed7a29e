import pg from 'pg';

/** Closes the connections of an application, as an administrator of the server does. Returns how many there were. */
export async function closeConnections(databaseUrl: string, application: string): Promise<number> {
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  const client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(databaseUrl).pathname }).href });
  await client.connect();
  const { rowCount } = await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1 and datname = current_database()', [
    application,
  ]);
  await client.end();
  return rowCount ?? 0;
}
