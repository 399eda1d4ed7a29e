import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { isRunning } from '../../src/database/embedded/cluster.js';
import { migrate } from '../../src/database/migrations/migrate.js';
import { eventually } from './eventually.js';

/** A PostgreSQL server of a test's own, which it may stop, freeze and kill, behind an address that stays the same. */
export class OwnPostgres {
  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
    private readonly durable: boolean,
  ) {}

  /**
   * @param durable whether no commit is lost when the server is killed
   * @param migrated false for an empty database
   */
  static async start({ durable = false, migrated = true }: { readonly durable?: boolean; readonly migrated?: boolean } = {}): Promise<OwnPostgres> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-own-'));
    // As root the database runs as another user, who must be able to enter its folder.
    await chmod(dataDir, 0o755);
    const server = await startEmbeddedPostgres({ dataDir, durable });
    if (migrated) await migrate(server.urls.owner);
    return new OwnPostgres(dataDir, server, durable);
  }

  get urls(): EmbeddedPostgres['urls'] {
    return this.server.urls;
  }

  /** The address of the superuser, in the maintenance database. */
  get superuserUrl(): string {
    return this.server.superuserUrl;
  }

  /** Runs statements as the superuser, who sees and ends everything. */
  async run<Row extends pg.QueryResultRow>(...statements: readonly string[]): Promise<Row[]> {
    const client = await this.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) ({ rows } = await client.query<Row>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Runs one statement with values as the superuser. */
  async query(statement: string, ...values: unknown[]): Promise<pg.QueryResultRow[]> {
    const client = await this.connect();
    try {
      return (await client.query<pg.QueryResultRow>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** The folder of the server's files. */
  get folder(): string {
    return path.join(this.server.home, 'data');
  }

  /** Connects as the superuser. */
  async connect(): Promise<pg.Client> {
    const url = Object.assign(new URL(this.server.superuserUrl), { pathname: new URL(this.server.urls.app).pathname });
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** Copies the files of the running server, for a replica. @param folder that does not exist */
  async copyFiles(folder: string): Promise<void> {
    const client = await this.connect();
    try {
      await client.query(`select pg_backup_start('replica', true)`);
      await cp(path.join(this.server.home, 'data'), folder, { recursive: true, filter: (file) => !path.basename(file).startsWith('postmaster.') });
      const { rows } = await client.query<{ label: string }>('select labelfile as label from pg_backup_stop()');
      await writeFile(path.join(folder, 'backup_label'), rows[0]?.label ?? '');
    } finally {
      await client.end();
    }
  }

  /** Stops all processes of the server where they are: they answer nothing, and their connections stay open. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Kills the process of one connection, so that the server ends all others, and starts again. */
  async killBackend(application: string): Promise<void> {
    const [backend] = await this.run<{ pid: number }>(`select pid from pg_stat_activity where application_name = '${application}' limit 1`);
    if (backend === undefined) throw new Error(`${application} has no connection`);
    process.kill(backend.pid, 'SIGKILL');
  }

  /** Stops the server: sessions are ended (`pg_ctl stop --mode=fast`). */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** Stops the server at once, as a crash does: it recovers when it starts (`pg_ctl stop --mode=immediate`). */
  async crash(): Promise<void> {
    const pid = this.#mainProcess();
    process.kill(pid, 'SIGQUIT');
    await eventually(
      async () => isRunning(this.server.home),
      (running) => !running,
      20_000,
    );
    await this.server.stop();
  }

  /** Returns how many deadlocks the server has logged since it was started. */
  countDeadlocks(): number {
    return readFileSync(path.join(this.server.home, 'server.log'), 'utf8').split('deadlock detected').length - 1;
  }

  /** Starts it again, at the same address. */
  async startAgain(): Promise<void> {
    const { port } = this.server;
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir, durable: this.durable });
    if (this.server.port !== port) throw new Error('another process has taken the port of the server');
  }

  async end(): Promise<void> {
    this.thaw();
    await this.server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** The main process comes first: it begins no other process once it is stopped. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#mainProcess();
    send(pid, signal);
    const backends = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter((each) => each > 0);
    for (const each of backends) send(each, signal);
  }

  #mainProcess(): number {
    return Number(readFileSync(path.join(this.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }
}

/** A backend may have ended meanwhile. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
