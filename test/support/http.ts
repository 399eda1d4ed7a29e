import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Email } from 'postal-mime';
import type { AuditedRoute } from '../../src/access/route-audit.js';
import type { JobOutcome } from '../../src/jobs/job-runs.service.js';
import type { JobResult } from '../../src/jobs/scheduled-job.decorator.js';
import type { ChainReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import type { NewPerson, SignedInPerson } from '../control/people.js';
import type { Operator } from '../control/test-control.js';
import { Client } from './client.js';
import { testDatabase } from './database.js';
import { eventually } from './eventually.js';
import { ReceivedMails } from './received-mails.js';
import { testSecret } from './secret.js';
import { goodPassword, World } from './world.js';

/** A server in the test host of this Jest worker: the build of `dist`, in a process of its own (test/README.md). */
export interface TestServer {
  readonly url: string;
  readonly api: Client;
  readonly mailbox: ReceivedMails;
  readonly world: World;
  readonly control: TestControl;
  close(): Promise<void>;
}

/** What a test may do to a server beyond its API: `test/control/test-control.ts` answers. */
export class TestControl {
  constructor(private readonly url: string) {}

  /** Sets the clock of the server, which then does not advance; `undefined` restores the machine's time. */
  setClock(now: Date | undefined): Promise<unknown> {
    return this.#send('POST', 'clock', { now: now ?? null });
  }

  /** Lets the clock of the machine be wrong, for all servers of the test host; right again with 0. @returns what it says */
  async setMachineWrong(by: number): Promise<number> {
    return (await this.#send<{ now: number }>('POST', 'machine-clock', { by })).now;
  }

  /** Sets the clock ahead of the machine's while something is done. */
  async after<Result>(milliseconds: number, use: () => Promise<Result>): Promise<Result> {
    await this.setClock(new Date(Date.now() + milliseconds));
    try {
      return await use();
    } finally {
      await this.setClock(undefined);
    }
  }

  /**
   * Runs a job for the period of a moment, also if another spec file has run it for that period. Waits while one is running it.
   *
   * @throws {Error} if the job fails
   */
  async runJob(name: string, at: Date): Promise<JobResult> {
    const ran = await eventually(
      () => this.#send<JobOutcome>('POST', `jobs/${name}`, { at, force: true }),
      ({ outcome }) => outcome !== 'busy',
      30_000,
    );
    if (ran.outcome !== 'done') throw new Error(`${name}: ${JSON.stringify(ran)}`);
    return ran.result;
  }

  /** Attempts to run a job for the period of a moment, as each of several replicas does: one of them succeeds, once for each period. */
  attemptJob(name: string, at: Date): Promise<JobOutcome> {
    return this.#send('POST', `jobs/${name}`, { at });
  }

  /** Writes what the server still buffers: uses of credentials, refusals, audit events that are in no chain, logged requests and units in reserve. */
  flush(): Promise<unknown> {
    return this.#send('POST', 'flush', {});
  }

  createOperator(email: string, name = 'Olga Operator', password = goodPassword): Promise<Operator> {
    return this.#send('POST', 'operators', { email, name, password });
  }

  /** Makes a new user an owner or a member, and signs them in, without an invitation and mails. */
  addPerson(person: NewPerson): Promise<SignedInPerson> {
    return this.#send('POST', 'people', person);
  }

  /** The private key that signs access tokens. */
  signingKey(): Promise<{ readonly kid: string; readonly jwk: object }> {
    return this.#send('GET', 'signing-key');
  }

  routes(): Promise<AuditedRoute[]> {
    return this.#send('GET', 'routes');
  }

  verifyChains(organizationId: string): Promise<ChainReport[]> {
    return this.#send('GET', `chains/${organizationId}`);
  }

  async #send<Result>(method: string, path: string, body?: object): Promise<Result> {
    const { status, body: result, text: answer } = await new Client(this.url).request(method, `//test/${path}`, body);
    if (status >= 400) throw new Error(`the test control answered ${status}: ${answer}`);
    return result as Result;
  }
}

async function askHost(method: string, path: string, body: unknown): Promise<unknown> {
  const port = await (globalThis as unknown as { testHost: () => Promise<number> }).testHost();
  const response = await fetch(`http://127.0.0.1:${port}/${path}`, { method, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return JSON.parse(answer);
}

/** Receives the mail of all servers that a spec file has borrowed; opened with the first, closed with the last. */
class Mailbox extends ReceivedMails {
  readonly #listener: Server;

  private constructor() {
    super();
    // The sender closes idle connections. A connection that this side closed while the sender was busy would lose its next mail.
    this.#listener = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void this.#receive(request).then((status) => response.writeHead(status).end());
    });
  }

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((resolve) => mailbox.#listener.listen(0, '127.0.0.1', resolve));
    await askHost('PUT', 'mailbox', `http://127.0.0.1:${(mailbox.#listener.address() as AddressInfo).port}`);
    return mailbox;
  }

  async close(): Promise<void> {
    await askHost('PUT', 'mailbox', '');
    this.#listener.close();
    this.#listener.closeAllConnections();
  }

  async #receive(request: IncomingMessage): Promise<number> {
    const { recipients, mail } = JSON.parse(await text(request)) as { recipients: string[]; mail: Email };
    return this.receive(mail, recipients) ? 200 : 451;
  }
}

let mailbox: Promise<Mailbox> | undefined;
let open = 0;

/**
 * Borrows a server of the test host. Servers without settings of their own are shared by the spec files of a worker, one
 * after the other; every other server starts and ends with its file.
 */
export async function startTestServer(env: Readonly<Record<string, string>> = {}, database = testDatabase()): Promise<TestServer> {
  mailbox ??= Mailbox.open();
  open += 1;
  const { app, platform } = database;
  const order = {
    env: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      APP_URL: 'https://app.tenantry.test',
      DATABASE_POOL_SIZE: '5',
      RATE_LIMITS_ENABLED: 'false',
      LOAD_LIMITS_ENABLED: 'false',
      ...env,
    },
    secret: testSecret,
    database: { app, platform },
  };
  const received = await mailbox;
  const { id, url } = (await askHost('POST', 'servers', order)) as { id: string; url: string };
  // An idle server wakes with each mail of the others: only the profile of most spec files is worth that.
  const keep = database.app === testDatabase().app && Object.keys(env).length === 0;
  const close = async (): Promise<void> => {
    await askHost('POST', `returned/${id}`, { keep });
    open -= 1;
    if (open > 0) return;
    mailbox = undefined;
    await received.close();
  };
  const [api, control] = [new Client(url), new TestControl(url)];
  return { url, api, mailbox: received, world: new World(api, received, (person) => control.addPerson(person)), control, close };
}
