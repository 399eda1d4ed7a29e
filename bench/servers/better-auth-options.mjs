// The options of better-auth, for the server and for the seed, which creates the tables.
import { organization } from 'better-auth/plugins';

/** As its documentation recommends for production, with the cookie cache. Limits are on and higher than the load. */
export const betterAuthOptions = ({ database, secret, baseURL }) => ({
  database,
  secret,
  baseURL,
  emailAndPassword: { enabled: true },
  // Longer than a run: no session is read from the database.
  session: { cookieCache: { enabled: true, maxAge: 4 * 3600 } },
  rateLimit: { enabled: true, storage: 'memory', window: 10, max: 1_000_000_000, customRules: { '/sign-in/*': { window: 10, max: 1_000_000_000 } } },
  telemetry: { enabled: false },
  plugins: [organization({ membershipLimit: 1_000_000, invitationLimit: 1_000_000_000 })],
});
