import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import passport from 'passport';
import pg from 'pg';
import { RequestMeter } from '../../src/access/guards/metering.guard.js';
import { createApp } from '../../src/app.setup.js';
import { AppConfig } from '../../src/config/app-config.js';
import { loadEnv } from '../../src/config/env.js';
import { DatabaseUrls } from '../../src/database/connect/database-urls.js';
import { JwtStrategy } from '../../src/modules/auth/tokens/jwt.strategy.js';
import { RequestLogService } from '../../src/modules/usage/requests/request-log.service.js';
import type { RequestMeteringService } from '../../src/modules/usage/requests/request-metering.service.js';
import { addPerson } from '../control/people.js';
import { Client } from './client.js';
import { runTenantry, type Ended } from './command.js';
import { Mailbox } from './mailbox.js';
import { scratchDatabase, type ScratchDatabase } from './scratch-database.js';
import { testSecret } from './secret.js';
import { World } from './world.js';

interface Measured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it had, in mebibytes. */
  readonly peak: number;
}

// Linux counts the memory of the parent in maxRSS of a child, and reports the child's own in /proc.
const tellPeak = `data:text/javascript,import { readFileSync } from 'node:fs';
function own() { try { return /VmHWM:[^0-9]+([0-9]+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]; } catch { return process.resourceUsage().maxRSS; } }
process.on('exit', () => process.stderr.write('peak ' + own() + '\\n'));`.replaceAll('\n', '');

/** A server with an empty database of its own: one of several, between which a tenant moves. */
export class Installation {
  /** Options of Node for {@link measure}. */
  nodeOptions: readonly string[] = [];

  private constructor(
    readonly database: ScratchDatabase,
    readonly app: NestFastifyApplication,
    readonly api: Client,
    readonly world: World,
    readonly mailbox: Mailbox,
    /** Sees all rows. */
    readonly look: pg.Client,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param jobs without them, mail stays where it is */
  static async start({ secret = testSecret, jobs = true } = {}): Promise<Installation> {
    const [database, mailbox] = [await scratchDatabase(), await Mailbox.open()];
    const env = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      APP_URL: 'https://app.tenantry.test',
      SMTP_URL: mailbox.url,
      DATABASE_POOL_SIZE: '3',
      RATE_LIMITS_ENABLED: 'false',
      LOAD_LIMITS_ENABLED: 'false',
      JOBS_ENABLED: String(jobs),
    };
    const app = await createApp({ config: new AppConfig(loadEnv(env), secret), urls: new DatabaseUrls(database.app, database.platform) });
    await app.listen(0, '127.0.0.1');
    const api = new Client(await app.getUrl());
    const look = new pg.Client({ connectionString: database.platform });
    await look.connect();
    const addresses = { DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform, APP_SECRET: secret };
    return new Installation(database, app, api, new World(api, mailbox, (person) => addPerson(app, person)), mailbox, look, { ...env, ...addresses });
  }

  /** Runs a command of the CLI in this process. */
  run(...args: string[]): Promise<Ended> {
    return runTenantry(this.env, ...args);
  }

  /** Runs a command of the CLI as a process of its own, to see how much memory it takes. */
  async measure(...args: readonly string[]): Promise<Measured> {
    const { PATH = '', HOME = '', TZ } = process.env;
    const { code, stdout, stderr } = await new Promise<Measured>((resolve) => {
      execFile(
        process.execPath,
        [...this.nodeOptions, '--import', tellPeak, 'dist/cli.js', ...args],
        { env: { PATH, HOME, TZ, ...this.env }, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr, peak: 0 }),
      );
    });
    return { code, stdout, stderr: stderr.replace(/peak \d+\n$/, ''), peak: Number(/peak (\d+)\n$/.exec(stderr)?.[1]) / 1024 };
  }

  /** When what was noted of requests in memory is in the database, and no lot of units is out. */
  async rest(): Promise<void> {
    // A server logs a request after it has sent the answer, and nothing reports that it has.
    await pause(100);
    await this.app.get(RequestLogService).flush();
    await this.app.get<RequestMeter, RequestMeteringService>(RequestMeter).returnLots();
  }

  async rows<Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.look.query<Row & object>(sql, [...values])).rows;
  }

  /** Passport keeps its strategies for the whole process, so that access tokens are checked by the last server that started: now by this one. */
  takeOver(): void {
    passport.use(this.app.get(JwtStrategy));
  }

  async end(): Promise<void> {
    await this.app.close();
    await this.mailbox.close();
    await this.look.end();
    await this.database.drop();
  }
}
