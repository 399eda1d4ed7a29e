import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { TestDns } from '../support/dns.js';
import { startTestServer } from '../support/http.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { presetWith } from '../support/preset.js';
import { StripeStandIn } from '../support/stripe-stand-in.js';
import { goodPassword } from '../support/world.js';
import type { Stage } from './calls.js';

/** The front end of the examples in openapi.json. Access tokens are valid for servers with the same one. */
export const appUrl = 'https://app.example.com';

/**
 * Starts the servers and creates the people that the calls of {@link calls} use.
 *
 * @param of the database of the servers
 * @param connectionString with which the stage itself looks into the database
 */
export async function openStage(of = testDatabase(), connectionString = of.platform): Promise<Stage> {
  const dns = await TestDns.open();
  const provider = await IdentityProvider.open('acme', { appUrl });
  const env = { DNS_SERVERS: dns.address, APP_URL: appUrl, AUTH_PROVIDERS: 'acme', SSO_ALLOW_LOOPBACK: 'true', ...provider.env('acme') };
  const server = await startTestServer(
    {
      ...env,
      CATALOG: presetWith('default', [
        [['signIn'], { mail: true }],
        [['roles', 'pupil'], { rank: 1, holders: 'minors', permissions: ['organization:read'] }],
        [['settings', 'require_parental_consent'], { type: 'boolean', default: true, enforcedBy: 'membership' }],
        [['consent'], { age: 16, version: 'tenantry-1', text: 'I consent for {member}.' }],
      ]),
    },
    of,
  );
  const metering = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false', APP_URL: appUrl }, of);
  const stripe = await StripeStandIn.open();
  const paid = await startTestServer({ JOBS_ENABLED: 'false', APP_URL: appUrl, ...stripe.env }, of);
  const database = new pg.Pool({ connectionString, max: 2 });
  const owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
  const metered = await metering.world.owner();
  await database.query(`update organizations set plan = 'big' where id = $1`, [metered.organizationId]);
  const admin = await server.control.createOperator(server.world.email('operator'), 'Olga Operator', goodPassword);
  const login = await server.api.post('/auth/login', { email: admin.email, password: goodPassword });
  return { server, metering, paid, stripe, dns, provider, database, owner, metered, operator: { userId: admin.userId, api: server.api.as(login.body.accessToken) } };
}

export async function closeStage({ server, metering, paid, stripe, dns, provider, database }: Stage): Promise<void> {
  await database.end();
  await paid.close();
  await stripe.close();
  await server.close();
  await metering.close();
  await dns.close();
  await provider.close();
}
