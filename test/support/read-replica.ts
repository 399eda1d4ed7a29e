import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { Cluster } from '../../src/database/embedded/cluster.js';
import { prepareBinaries } from '../../src/database/embedded/server-binaries.js';
import { makeHome } from '../../src/database/embedded/server-home.js';
import { ensureServerUser } from '../../src/database/embedded/server-user.js';
import { freePort } from './free-port.js';
import type { OwnPostgres } from './own-postgres.js';

/** A physical replica of a server, which repeats its changes and can be read. */
export class ReadReplica {
  private constructor(
    private readonly dataDir: string,
    private readonly cluster: Cluster,
    private readonly superuserUrl: string,
    /** The host and the port, without a role. */
    readonly url: string,
  ) {}

  static async start(primary: OwnPostgres): Promise<ReadReplica> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-replica-'));
    await chmod(dataDir, 0o755);
    const user = ensureServerUser();
    const home = makeHome(dataDir, user);
    const data = path.join(home, 'data');
    await primary.copyFiles(data);
    await writeFile(path.join(data, 'standby.signal'), '');
    await appendFile(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${primary.superuserUrl.replace(/\/[^/]*$/, '')}'\n`);
    if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, data]);
    await chmod(data, 0o700);
    const port = await freePort();
    const cluster = new Cluster(home, await prepareBinaries(home, user), user);
    if (!(await cluster.start(port, false))) throw new Error('another process has taken the port of the replica');
    const superuser = Object.assign(new URL(primary.superuserUrl), { port: String(port), pathname: new URL(primary.urls.app).pathname });
    return new ReadReplica(dataDir, cluster, superuser.href, `postgresql://127.0.0.1:${port}`);
  }

  /** Runs a statement as the superuser. */
  async run<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
  }

  async end(): Promise<void> {
    await this.cluster.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
