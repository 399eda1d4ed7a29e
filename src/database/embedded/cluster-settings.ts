/**
 * Returns the server's postgresql.conf.
 *
 * @param port on 127.0.0.1 only. Unix sockets are off, because their paths may be too long
 * @param durable false is faster but may lose data in a crash. For tests only
 */
export function settingsFile(port: number, durable: boolean): string {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    password_encryption: 'scram-sha-256',
    // The passwords are 192 random bits. More iterations would not make them harder to guess, only connecting slower.
    scram_iterations: 1,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }),
  };
  return `# Written at each start.\n${Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join('')}`;
}
