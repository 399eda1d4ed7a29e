import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Answer, Client } from './client.js';
import { TestDns } from './dns.js';
import { eventually } from './eventually.js';
import { lockWaiters, sessionOf } from './lock-waiters.js';
import { Mailbox } from './mailbox.js';
import { Replicas } from './replicas.js';
import { goodPassword, World, type Person } from './world.js';
import { chained } from './audit.js';

export const crowd = 20;

const operatorEmail = 'operator@example.com';

/** Two server processes on one database that receive mail and answer DNS, and an operator. Twenty callers attack both at once. */
export class AttackedReplicas {
  readonly world: World;
  #operator = '';

  private constructor(
    readonly replicas: Replicas,
    readonly mailbox: Mailbox,
    readonly dns: TestDns,
  ) {
    this.world = new World(this.at(0), mailbox);
  }

  static async start(): Promise<AttackedReplicas> {
    const [mailbox, dns] = await Promise.all([Mailbox.open(), TestDns.open()]);
    const replicas = await Replicas.start(2, {
      SMTP_URL: mailbox.url,
      DNS_SERVERS: dns.address,
      JOBS_ENABLED: 'true',
      TRUSTED_PROXIES: '1',
      PLATFORM_ADMIN_EMAIL: operatorEmail,
      PLATFORM_ADMIN_PASSWORD: goodPassword,
    });
    const attacked = new AttackedReplicas(replicas, mailbox, dns);
    attacked.#operator = (await attacked.logIn(operatorEmail)).token ?? '';
    return attacked;
  }

  async end(): Promise<void> {
    await this.replicas.end();
    await Promise.all([this.mailbox.close(), this.dns.close()]);
  }

  /** A client without a token; any number is one of the replicas. */
  at(number: number): Client {
    return this.replicas.owner(number).as(undefined);
  }

  /** The client of somebody, at a replica. */
  as({ token }: Pick<Client, 'token'>, number: number): Client {
    return this.at(number).as(token);
  }

  operator(number = 0): Client {
    return this.at(number).as(this.#operator);
  }

  async logIn(email: string): Promise<Client> {
    const { status, body, text } = await this.at(0).post('/auth/login', { email, password: goodPassword });
    if (status !== 200) throw new Error(`the login answered ${status}: ${text}`);
    return this.at(0).as(body.accessToken);
  }

  /** A verified user who is an operator. */
  async newOperator(): Promise<Person> {
    const person = await this.world.owner({ verified: true });
    const { status, text } = await this.operator().post('/platform/admins', { userId: person.userId });
    if (status !== 201) throw new Error(`a new operator answered ${status}: ${text}`);
    return person;
  }

  /** The owner of an organization with every feature. */
  async subscriber(): Promise<Person> {
    const person = await this.world.owner({ verified: true });
    await this.replicas.rows(`update organizations set plan = 'enterprise' where id = $1`, person.organizationId);
    return person;
  }

  /** Sends calls at once, in turn to each replica. See {@link patiently}. */
  async crowd(call: (replica: Client, number: number) => Promise<Answer>, size = crowd): Promise<Answer[]> {
    return Promise.all(Array.from({ length: size }, (_, number) => patiently(() => call(this.at(number), number))));
  }

  /**
   * Holds the lock of an organization until a change has queued for it, and then, for half a second, the writes: those that lock the organization,
   * too, wait for their turn in their replica, the others in the database. The change commits first, and every write was let in by its guard before.
   *
   * @returns the answer to the change, the answers to the writes, and the actions that the audit log has of the writes
   */
  async overtake(
    organizationId: string,
    change: () => Promise<Answer>,
    writes: readonly ((mark: (client: Client) => Client) => Promise<Answer>)[],
  ): Promise<{ readonly changed: Answer; readonly answers: Answer[]; readonly landed: string[] }> {
    const ids = writes.map(() => randomUUID());
    const holder = new pg.Client({ connectionString: this.replicas.database.platform });
    await holder.connect();
    let sent: Promise<Answer[]>;
    try {
      const session = await sessionOf(holder);
      const waiting = (): Promise<number> => lockWaiters(this.replicas.look, session);
      await holder.query('begin');
      await holder.query('select pg_advisory_xact_lock(app.authority_key($1))', [organizationId]);
      let answered = false;
      const first = patiently(change).finally(() => (answered = true));
      await eventually(waiting, (count) => count > 0 || answered);
      const others = writes.map((write, index) => patiently(() => write((client) => client.with({ 'x-request-id': ids[index] ?? '' }))));
      await eventually(waiting, (count) => count > 6, 500);
      sent = Promise.all([first, ...others]);
    } finally {
      await holder.end();
    }
    const [changed, ...answers] = (await sent) as [Answer, ...Answer[]];
    await chained(this.replicas.look);
    const events = await this.replicas.rows<{ action: string }>(`select action from audit.events where request_id = any($1) and outcome = 'done'`, ids);
    return { changed, answers, landed: events.map(({ action }) => action) };
  }
}

/** Repeats a call while the server answers that it is busy and when to come back. Every other answer of 500 or more is a fault, which fails the test. */
export async function patiently(call: () => Promise<Answer>): Promise<Answer> {
  const answer = await call();
  if (answer.status < 500) return answer;
  if (answer.status !== 503 || answer.headers.get('retry-after') === null) throw new Error(`the server answered with a fault: ${answer.status} ${answer.text}`);
  return patiently(call);
}

/** The status and code of an answer, as one word: `403 access_denied`. */
export const outcome = ({ status, body }: Answer): string => (status < 400 ? String(status) : `${status} ${body?.code}`);

/** How many answers have each outcome. */
export function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[outcome(answer)] = (counts[outcome(answer)] ?? 0) + 1;
  return counts;
}
