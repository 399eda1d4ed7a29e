import { readFile } from 'node:fs/promises';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { PlatformAdminsService } from '../../../src/modules/auth/platform/platform-admins.service.js';
import { shownWithCreditNote, toCreditNoteDto } from '../../../src/modules/billing/invoices/credit-notes.dto.js';
import { catalogFile } from '../catalogs.js';
import type { Answer, Client } from '../client.js';
import { runJob, SetClock } from '../jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../scratch-database.js';
import { startTestServer, type TestServer } from '../server.js';
import type { Person } from '../world.js';

const day = 24 * 3600 * 1000;

/** A server on a clock of its own, an operator, and what owners do about money. */
export class BilledServer {
  readonly #others: TestServer[] = [];

  private constructor(
    readonly server: TestServer,
    readonly clock: SetClock,
    readonly operator: Client,
    readonly operatorToken: string,
    private readonly database: ScratchDatabase,
  ) {}

  static async open(catalog: string): Promise<BilledServer> {
    const database = await scratchDatabase();
    const clock = new SetClock(new Date());
    const server = await startTestServer({ CATALOG: catalog, JOBS_ENABLED: 'false' }, database, { clock });
    const credentials = { email: 'operator@example.com', password: 'a long operator passphrase' };
    await server.app.get(PlatformAdminsService).createFirstPlatformAdmin(credentials.email, credentials.password);
    const { accessToken } = (await server.api.post('/auth/login', credentials)).body;
    return new BilledServer(server, clock, server.api.as(accessToken), accessToken, database);
  }

  /** Serves the same organizations at the same time with another catalog, such as one with other prices. @param change of the catalog's text @param settings of the server */
  async withCatalog(catalog: string, change: (text: string) => string, settings: Readonly<Record<string, string>> = {}): Promise<BilledServer> {
    const server = await startTestServer({ CATALOG: await catalogFile(change(await readFile(catalog, 'utf8'))), JOBS_ENABLED: 'false', ...settings }, this.database, {
      clock: this.clock,
    });
    this.#others.push(server);
    return new BilledServer(server, this.clock, server.api.as(this.operatorToken), this.operatorToken, this.database);
  }

  /** A person, as a client of this server. */
  as = (who: Person): Person => ({ ...who, api: this.server.api.as(who.accessToken) });

  async close(): Promise<void> {
    for (const other of this.#others) await other.close();
    await this.server.close();
    await this.database.drop();
  }

  subscriptionOf = async (who: Person): Promise<any> => (await who.api.get(`${who.home}/subscription`)).body;
  change = (who: Person, body: object): Promise<Answer> => who.api.patch(`${who.home}/subscription`, body);
  preview = async (who: Person, body: object): Promise<any> => (await who.api.post(`${who.home}/subscription/preview`, body)).body;
  invoicesOf = async (who: Person): Promise<any[]> => (await who.api.get(`${who.home}/invoices`)).body.data;

  /** What was given back: the invoice's number, the lines, and where it went. */
  creditNotesOf = async (who: Person): Promise<any[]> =>
    (await this.server.app.get(PlatformDb).creditNote.findMany({ where: { organizationId: who.organizationId }, include: shownWithCreditNote, orderBy: { number: 'asc' } })).map(
      toCreditNoteDto,
    );

  /** Notes that all that is open was paid. */
  async pay(who: Person): Promise<void> {
    for (const { id } of (await this.invoicesOf(who)).filter(({ status }) => status === 'open')) {
      const { body } = await this.operator.post(`/tenants/${who.organizationId}/invoices/${id}/close`, { status: 'paid' });
      if (body.status !== 'paid') throw new Error(JSON.stringify(body));
    }
  }

  /** Lets time pass, as far as money knows. */
  async pass(days: number): Promise<void> {
    this.clock.forward(days * day);
    const outcome = await runJob(this.server.app, 'advance-subscriptions', this.clock.now());
    if (outcome.outcome !== 'done') throw new Error(JSON.stringify(outcome));
  }

  /** A customer of the plan `pro` with add-ons, who has paid. */
  async pro(addOns: Readonly<Record<string, number>> = {}): Promise<Person> {
    const owner = await this.server.world.owner();
    const { status, text } = await this.change(owner, { plan: 'pro', addOns });
    if (status !== 200) throw new Error(`the purchase answered ${status}: ${text}`);
    await this.pay(owner);
    return owner;
  }
}
