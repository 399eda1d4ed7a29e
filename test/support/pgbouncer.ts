import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const binary = 'pgbouncer';

/** Whether tests can have a PgBouncer. */
export const isPgBouncerInstalled = spawnSync(binary, ['--version']).status === 0;

export interface TestPgBouncer {
  /** Returns the address of a database through PgBouncer. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** PgBouncer refuses to run as root. */
const nobody = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/**
 * Starts a PgBouncer in transaction mode, with few connections to the server, so that clients share them.
 *
 * @param others settings of pgbouncer.ini that replace the usual ones
 * @param urls addresses of one database, as different users
 */
export async function startPgBouncer(others: Readonly<Record<string, string | number>>, ...urls: readonly string[]): Promise<TestPgBouncer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-pgbouncer-'));
  const port = await freePort();
  const [{ hostname, port: serverPort }] = urls.map((url) => new URL(url)) as [URL];
  const quoted = (text: string): string => `"${decodeURIComponent(text).replaceAll('"', '""')}"`;
  const users = urls.map((url) => new URL(url)).map(({ username, password }) => `${quoted(username)} ${quoted(password)}\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: path.join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: 2,
    max_client_conn: 200,
    ...others,
  };
  const lines = ['[databases]', `* = host=${hostname} port=${serverPort || 5432}`, '[pgbouncer]', ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`), ''];
  await writeFile(settings.auth_file, users.join(''));
  await writeFile(path.join(folder, 'pgbouncer.ini'), lines.join('\n'));
  await chmod(folder, 0o755);
  const child = spawn(binary, [path.join(folder, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'], ...asNobody });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await eventually(
    () => Promise.resolve(log),
    (text) => text.includes('process up'),
  );
  return {
    through: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    async stop() {
      if (child.exitCode === null && child.kill('SIGINT')) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
