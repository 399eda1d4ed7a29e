import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '../client.js';
import { startTenantryOf } from '../command.js';
import { databaseProxy, through, type DatabaseProxy } from '../database-proxy.js';
import { FaultySmtp } from '../faulty-smtp.js';
import { OwnPostgres } from '../own-postgres.js';
import { ServerProcess } from '../process.js';
import { hasOwnRedis, startRedis, type TestRedis } from '../redis.js';
import { testSecret } from '../secret.js';
import { goodPassword } from '../world.js';

export const operator = { email: 'operator@example.com', password: goodPassword };

interface Life {
  readonly replica: number;
  readonly began: number;
  /** In mebibytes. */
  readonly samples: { readonly at: number; readonly memory: number }[];
}

interface Replica {
  /** The checkout whose build it runs. */
  folder: string;
  server: ServerProcess;
  ready: boolean;
  /** Whether the soak ends it at the moment. */
  ending: boolean;
  life: Life;
}

/** Replicas with PostgreSQL, Redis and a mail server, and what stands in front of them: a balancer that asks for their readiness, and an orchestrator that starts them again. */
export class SoakInstallation {
  readonly replicas: Replica[] = [];
  readonly lives: Life[] = [];
  /** The replicas that ended without having been asked to. */
  readonly deaths: string[] = [];
  readonly warnings = new Map<string, number>();
  deadlocks = 0;
  secrets = { secret: testSecret, previous: '' };
  #next = 0;
  #watching: Promise<void> | undefined;
  #ended = false;

  private constructor(
    readonly postgres: OwnPostgres,
    readonly proxy: DatabaseProxy,
    public redis: TestRedis | undefined,
    readonly smtp: FaultySmtp,
    private readonly folder: string,
  ) {}

  /** @param folder the checkout whose build runs, which also migrates the database; this one by default */
  static async start(count: number, folder = '.'): Promise<SoakInstallation> {
    const own = await mkdtemp(path.join(tmpdir(), 'tenantry-soak-'));
    const [postgres, smtp, redis] = await Promise.all([OwnPostgres.start({ durable: true, migrated: false }), FaultySmtp.open(), hasOwnRedis ? startRedis() : undefined]);
    const installation = new SoakInstallation(postgres, await databaseProxy(postgres.urls.app, (send) => ({ send })), redis, smtp, own);
    await installation.migrate(folder);
    for (let number = 0; number < count; number += 1) {
      await installation.setClock(number, 0);
      const server = await installation.#launch(number, folder);
      const life = installation.#newLife(number);
      installation.replicas.push({ folder, server, ready: true, ending: false, life });
    }
    installation.#watching = installation.#watch();
    return installation;
  }

  /** The environment of the replicas and of commands. */
  get env(): Record<string, string> {
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      APP_SECRET: this.secrets.secret,
      APP_SECRET_PREVIOUS: this.secrets.previous,
      APP_URL: 'https://app.tenantry.test',
      CATALOG: path.resolve('test/catalogs/soak.yaml'),
      DATABASE_URL: through(this.proxy, this.postgres.urls.app),
      DATABASE_PLATFORM_URL: through(this.proxy, this.postgres.urls.platform),
      DATABASE_POOL_SIZE: '8',
      TRUSTED_PROXIES: '1',
      SHUTDOWN_DELAY: '1',
      PLATFORM_ADMIN_EMAIL: operator.email,
      PLATFORM_ADMIN_PASSWORD: operator.password,
      SMTP_URL: this.smtp.url(),
      ...(this.redis === undefined ? {} : { REDIS_URL: this.redis.url }),
    };
  }

  /** Sends requests to a ready replica; to any when none is ready, as balancers do. */
  client(token?: string): Client {
    const ready = this.replicas.filter((replica) => replica.ready);
    const candidates = ready.length > 0 ? ready : this.replicas;
    this.#next += 1;
    const { server } = candidates[this.#next % candidates.length] as Replica;
    return new Client(server.url, token, { 'x-forwarded-for': `10.0.${this.#next % 250}.${Math.floor(this.#next / 250) % 250}` });
  }

  /** Applies the missing migrations of a checkout by its own command. */
  async migrate(folder = '.'): Promise<void> {
    const { code, out, err } = await startTenantryOf(folder, { ...this.env, DATABASE_OWNER_URL: this.postgres.urls.owner }, 'db:migrate').ended;
    if (code !== 0) throw new Error(`db:migrate ended with code ${code}: ${out}${err}`);
  }

  /** Ends a replica and starts it again, with the build of a checkout. */
  async replace(number: number, signal: NodeJS.Signals, folder?: string): Promise<number | null> {
    const replica = this.replicas[number] as Replica;
    replica.folder = folder ?? replica.folder;
    replica.ending = true;
    const code = await replica.server.end(signal);
    await this.#restart(replica, number);
    return code;
  }

  async setClock(number: number, milliseconds: number): Promise<void> {
    await writeFile(this.#clock(number), String(milliseconds));
  }

  /** Stops the database in one of its ways, and starts it again. */
  async restartPostgres(mode: 'fast' | 'immediate'): Promise<void> {
    this.deadlocks += this.postgres.countDeadlocks();
    await (mode === 'fast' ? this.postgres.stop() : this.postgres.crash());
    await this.postgres.startAgain();
  }

  /** Waits until all replicas are ready. @returns milliseconds */
  async healed(limit = 120_000): Promise<number> {
    const began = performance.now();
    while (performance.now() - began < limit) {
      if (this.replicas.every(({ ready, ending }) => ready && !ending)) return performance.now() - began;
      await pause(50);
    }
    throw new Error(`the replicas are not ready after ${limit / 1000} s:\n${this.replicas.map(({ server }) => server.output.slice(-1000)).join('\n')}`);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#watching;
    this.deadlocks += this.postgres.countDeadlocks();
    await Promise.all(this.replicas.map(({ server }) => server.end('SIGTERM')));
    for (const { server } of this.replicas) this.#countWarnings(server);
  }

  async remove(): Promise<void> {
    this.#ended = true;
    await this.#watching;
    await Promise.all(this.replicas.map(({ server }) => server.end('SIGKILL')));
    await this.smtp.stop();
    await this.redis?.stop();
    await this.proxy.close();
    await this.postgres.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  #clock(number: number): string {
    return path.join(this.folder, `clock-${number}`);
  }

  #newLife(replica: number): Life {
    const life = { replica, began: performance.now(), samples: [] };
    this.lives.push(life);
    return life;
  }

  /** Only the last replica has a clock that can be shifted: such a process does what it does each minute more often. */
  async #launch(number: number, folder: string): Promise<ServerProcess> {
    const clock = number === 2 ? { NODE_OPTIONS: `--import ${path.resolve('test/support/shifted-clock.mjs')}`, SHIFTED_CLOCK: this.#clock(number) } : {};
    const server = await ServerProcess.start({ ...this.env, ...clock }, { folder });
    if (server.hasEnded) throw new Error(`a replica did not start:\n${server.output}`);
    return server;
  }

  async #restart(replica: Replica, number: number): Promise<void> {
    replica.ready = false;
    this.#countWarnings(replica.server);
    replica.server = await this.#launch(number, replica.folder);
    replica.life = this.#newLife(number);
    replica.ending = false;
  }

  /** Errors and fatal lines by their message. */
  #countWarnings({ log }: ServerProcess): void {
    for (const { level, msg } of log) {
      if (level !== 'error' && level !== 'fatal') continue;
      const text = `${level}: ${String(msg).slice(0, 120)}`;
      this.warnings.set(text, (this.warnings.get(text) ?? 0) + 1);
    }
  }

  async #watch(): Promise<void> {
    for (let round = 0; !this.#ended; round += 1) {
      await Promise.all(this.replicas.map((replica, number) => this.#look(replica, number, round % 20 === 0)));
      await pause(250);
    }
  }

  async #look(replica: Replica, number: number, sampled: boolean): Promise<void> {
    const { server } = replica;
    if (replica.ending) return void (replica.ready = false);
    if (server.hasEnded) {
      this.deaths.push(`replica ${number}: ${server.output.slice(-2000)}`);
      return this.#restart(replica, number);
    }
    if (sampled) replica.life.samples.push({ at: performance.now(), memory: residentMemory(server.pid) });
    const answer = await new Client(server.url).request('GET', '//health/ready', undefined, { timeout: 2500 }).catch(() => undefined);
    if (replica.server === server) replica.ready = answer?.status === 200 && !replica.ending;
  }
}

/** Mebibytes. */
function residentMemory(pid: number): number {
  return Math.round(Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1024);
}
