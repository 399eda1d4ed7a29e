import pg from 'pg';
import { Client, type Answer } from './client.js';
import { ServerProcess } from './process.js';
import { scratchDatabase, type ScratchDatabase } from './scratch-database.js';
import { testSecret } from './secret.js';
import { goodPassword } from './world.js';

const email = 'owner@example.com';

/** Real processes on one database, with the owner of an organization who talks to all of them. */
export class Replicas {
  organizationId = '';
  userId = '';
  #token = '';

  private constructor(
    readonly database: ScratchDatabase,
    /** Sees all rows. */
    readonly look: pg.Pool,
    readonly env: Readonly<Record<string, string>>,
    readonly processes: ServerProcess[],
  ) {}

  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<Replicas> {
    const database = await scratchDatabase();
    const look = new pg.Pool({ connectionString: database.platform });
    const full = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      APP_SECRET: testSecret,
      APP_URL: 'https://app.tenantry.test',
      DATABASE_URL: database.app,
      DATABASE_PLATFORM_URL: database.platform,
      DATABASE_POOL_SIZE: '8',
      RATE_LIMITS_ENABLED: 'false',
      LOAD_LIMITS_ENABLED: 'false',
      JOBS_ENABLED: 'false',
      ...env,
    };
    const replicas = new Replicas(database, look, full, await Promise.all(Array.from({ length: count }, () => running(full))));
    await replicas.#signUp();
    return replicas;
  }

  /** The owner's client of a replica; any number is one of them. */
  owner(number: number): Client {
    const { url } = this.processes[number % this.processes.length] as ServerProcess;
    return new Client(url, this.#token);
  }

  get home(): string {
    return `/organizations/${this.organizationId}`;
  }

  /** So many calls at once, spread over all replicas. */
  crowd(size: number, call: (owner: Client, number: number) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: size }, (_, number) => call(this.owner(number), number)));
  }

  async rows<Row = Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.look.query<Row & object>(sql, values)).rows;
  }

  /** Ends a process by force, and starts another one in its place. */
  async replace(number: number): Promise<void> {
    await this.processes[number]?.end('SIGKILL');
    this.processes[number] = await running(this.env);
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.end('SIGTERM')));
    await this.look.end();
    await this.database.drop();
  }

  /** Signs the owner in again. */
  async signIn(): Promise<void> {
    const { status, body, text } = await this.owner(0).as(undefined).post('/auth/login', { email, password: goodPassword });
    if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
    this.#token = body.accessToken;
  }

  async #signUp(): Promise<void> {
    const who = { email, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } };
    const { status, body, text } = await this.owner(0).post('/auth/signup', who);
    if (status !== 201) throw new Error(`signup answered ${status}: ${text}\n${this.processes[0]?.output}`);
    this.organizationId = body.organization.id;
    this.userId = body.user.id;
    this.#token = body.accessToken;
  }
}

async function running(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await ServerProcess.start(env);
  if (!server.output.includes('is ready')) throw new Error(`the server did not start: ${server.output}`);
  return server;
}

/** How many answers there are of each status. */
export function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
