// The three systems of the comparison, as processes.
import { fileURLToPath } from 'node:url';
import { freePort, startOptions, startServer } from './processes.mjs';

export const secret = 'the secret of a benchmark, long enough to be one';
/** The issuer of access tokens. It does not change with the port, so that seeded data can be used again. */
export const appUrl = 'https://bench.example.com';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
/** The connections of each system: tenantry has ten for each of its two roles. */
const connections = 20;

const starts = {
  async tenantry({ node, folder, urls, profiled }) {
    const port = await freePort();
    const args = [...startOptions, ...(profiled ? ['--import', new URL('../profile/preload.mjs', import.meta.url).href] : []), file('../../dist/main.js')];
    const env = {
      NODE_ENV: 'production',
      PORT: String(port),
      APP_URL: appUrl,
      APP_SECRET: secret,
      DATABASE_URL: urls.tenantry.app,
      DATABASE_PLATFORM_URL: urls.tenantry.platform,
      DATA_DIR: folder,
      CATALOG: file('catalog.yaml'),
      PLATFORM_ADMIN_PASSWORD: 'correct horse battery staple',
    };
    return startServer({ name: 'tenantry', node, args, env, folder, port, ready: '/health/ready', withMessages: profiled });
  },

  async 'better-auth'({ node, folder, urls }) {
    const port = await freePort();
    const env = { NODE_ENV: 'production', PORT: String(port), DATABASE_URL: urls['better-auth'], BENCH_SECRET: secret, CONNECTIONS: String(connections) };
    return startServer({ name: 'better-auth', node, args: [file('better-auth.mjs')], env, folder, port, ready: '/api/auth/ok' });
  },

  async limit({ node, folder, urls, limitKeys }) {
    const port = await freePort();
    const env = { NODE_ENV: 'production', PORT: String(port), DATABASE_URL: urls.limit, PUBLIC_JWK: limitKeys.publicJwk, PRIVATE_JWK: limitKeys.privateJwk };
    return startServer({ name: 'limit', node, args: [file('limit.mjs')], env: { ...env, CONNECTIONS: String(connections) }, folder, port, ready: '/ready' });
  },
};

export const systemNames = Object.keys(starts);

export const startSystem = (name, options) => starts[name](options);
