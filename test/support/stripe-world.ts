import pg from 'pg';
import { StripeCatalogService } from '../../src/modules/billing/stripe/sync/stripe-catalog.service.js';
import type { SetClock } from './jobs.js';
import { eventually } from './eventually.js';
import { scratchDatabase, type ScratchDatabase } from './scratch-database.js';
import { startTestServer, type TestServer } from './server.js';
import { StripeStandIn } from './stripe-stand-in.js';
import type { Person } from './world.js';

type Values = Record<string, any>;

/** Servers whose money Stripe's stand-in collects, with the catalog's prices in it. */
export class StripeWorld {
  private constructor(
    readonly stripe: StripeStandIn,
    readonly database: ScratchDatabase,
    readonly look: pg.Client,
    readonly servers: readonly TestServer[],
  ) {}

  /** @param replicas how many servers share the database; with a clock, the stand-in has the same time */
  static async open(replicas = 1, clock?: SetClock, env: Readonly<Record<string, string>> = {}): Promise<StripeWorld> {
    const stripe = await StripeStandIn.open();
    if (clock !== undefined) stripe.ledger.clock = () => clock.now().getTime();
    const database = await scratchDatabase();
    const look = new pg.Client({ connectionString: database.platform });
    await look.connect();
    const servers: TestServer[] = [];
    for (let count = 0; count < replicas; count += 1)
      servers.push(await startTestServer({ CATALOG: 'test/catalogs/billing.yaml', ...stripe.env, ...env }, database, clock === undefined ? {} : { clock }));
    const world = new StripeWorld(stripe, database, look, servers);
    await world.server.app.get(StripeCatalogService).syncCatalog({ dryRun: false });
    return world;
  }

  get server(): TestServer {
    const [server] = this.servers;
    if (server === undefined) throw new Error('there is no server');
    return server;
  }

  async close(): Promise<void> {
    for (const server of this.servers) await server.close();
    await this.look.end();
    await this.stripe.close();
    await this.database.drop();
  }

  /** The price of a plan in the stand-in. */
  price(key: string): string {
    const [price] = this.stripe.ledger.pricesBy(`tenantry:${key}`);
    if (price === undefined) throw new Error(`there is no price ${key}`);
    return price['id'];
  }

  subscriptionOf = async (who: Person): Promise<Values> => (await who.api.get(`${who.home}/subscription`)).body;
  row = async (who: Person): Promise<Values> => (await this.look.query('select * from subscriptions where organization_id = $1', [who.organizationId])).rows[0];
  planOf = async (who: Person): Promise<string> => (await who.api.get('/tenant/entitlements')).body.plan;

  /** Delivers events to a server, and waits until they are processed. */
  async tell(type: string, object: Values, to = this.server): Promise<Values> {
    const event = this.stripe.event(type, object);
    const { status, text } = await this.stripe.deliver(to.api, event);
    if (status !== 200) throw new Error(`the event was answered ${status}: ${text}`);
    return this.handled(event['id']);
  }

  async handled(id: string): Promise<Values> {
    const read = async (): Promise<Values | undefined> => (await this.look.query('select * from provider_events where id = $1', [id])).rows[0];
    const row = await eventually(read, (found) => found?.['handled_at'] != null, 20_000);
    if (row?.['handled_at'] == null) throw new Error(`the event was not handled: ${JSON.stringify(row)}`);
    return row;
  }

  /** An owner who has bought a plan on the page of a checkout. */
  customer = async (body: object): Promise<Person & { readonly theirs: Values }> => this.buy(await this.server.world.owner(), body);

  /** The steps of an owner who buys a plan. */
  async buy(owner: Person, body: object): Promise<Person & { readonly theirs: Values }> {
    const { status, text, body: answer } = await owner.api.post(`${owner.home}/billing/checkout`, body);
    if (status !== 200) throw new Error(`checkout answered ${status}: ${text}`);
    const session = this.stripe.ledger.find(this.stripe.ledger.sessions, answer.url.split('/').at(-1));
    const theirs = this.stripe.ledger.complete(session);
    await this.tell('checkout.session.completed', session);
    return { ...owner, theirs };
  }
}
