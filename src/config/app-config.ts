import type { Catalog } from './catalog/catalog.js';
import { loadCatalog } from './catalog/catalog-file.js';
import type { Env } from './env.js';

/** Grace periods and life times that are not (yet) a tenant's own choice. Seconds unless the name says otherwise. */
export const lifetimes = {
  accessToken: 15 * 60,
  /** A session that is not used for so long is over. */
  session: 7 * 24 * 3600,
  rememberedSession: 60 * 24 * 3600,
  emailVerification: 24 * 3600,
  passwordReset: 3600,
  /** How long a login waits for its second factor. */
  pendingLogin: 300,
  /** How long an operator may act as a member. */
  impersonation: 15 * 60,
  /** How long an account stays locked after too many wrong passwords. */
  accountLock: 15 * 60,
  invitation: 7 * 24 * 3600,
  longestInvitation: 90 * 24 * 3600,
  /** How long a deleted organization can be restored. */
  deletedOrganization: 30 * 24 * 3600,
} as const;

/** How Stripe is reached; docs/billing-stripe.md. */
export interface StripeSettings {
  readonly secretKey: string;
  /** Each of them may have signed an event. */
  readonly webhookSecrets: readonly string[];
  /** Another address than Stripe's own. */
  readonly apiUrl: string | undefined;
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** The settings of this process, derived from the environment once at start and injected wherever they are needed. */
export class AppConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** The address that links in mails start with, without a trailing slash. Never taken from a request. */
  readonly appUrl: string;
  /** Organizations are also found by `<slug>.<appDomain>`. */
  readonly appDomain: string | undefined;
  /** What this product is made of. */
  readonly catalog: Catalog;
  /** The root of every derived key. */
  readonly appSecret: string;
  /** Secrets that came before it; they open what they sealed, and seal nothing any more. */
  readonly previousSecrets: readonly string[];
  readonly dataDir: string;
  readonly databasePoolSize: number;
  /** Whether connections keep statements prepared; needs sessions, or a PgBouncer that knows them. */
  readonly preparedStatements: boolean;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly trustedProxies: number;
  readonly logLevel: string;
  readonly jobsEnabled: boolean;
  readonly metricsToken: string | undefined;
  readonly redisUrl: string | undefined;
  readonly rateLimitsEnabled: boolean;
  readonly dnsServers: readonly string[];
  /** Set when Stripe collects the money; undefined: invoices are paid as they say. */
  readonly stripe: StripeSettings | undefined;

  /**
   * @param env the checked environment
   * @param appSecret `APP_SECRET`, or the secret that a development set-up keeps in its data folder
   * @throws {CatalogError} when the catalog cannot be used
   */
  constructor(env: Env, appSecret: string) {
    this.production = env.NODE_ENV === 'production';
    this.host = env.HOST;
    this.port = env.PORT;
    this.appUrl = (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, '');
    this.appDomain = env.APP_DOMAIN?.toLowerCase();
    this.catalog = loadCatalog(env.CATALOG);
    this.appSecret = appSecret;
    // A secret may contain a comma itself, so the whole text is tried as well.
    this.previousSecrets = [...new Set([...listOf(env.APP_SECRET_PREVIOUS), ...(env.APP_SECRET_PREVIOUS === undefined ? [] : [env.APP_SECRET_PREVIOUS])])];
    this.dataDir = env.DATA_DIR;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.preparedStatements = env.DATABASE_PREPARED_STATEMENTS;
    this.smtpUrl = env.SMTP_URL;
    this.mailFrom = env.MAIL_FROM;
    this.trustedProxies = env.TRUSTED_PROXIES;
    this.logLevel = env.LOG_LEVEL;
    this.jobsEnabled = env.JOBS_ENABLED;
    this.metricsToken = env.METRICS_TOKEN;
    this.redisUrl = env.REDIS_URL;
    this.rateLimitsEnabled = env.RATE_LIMITS_ENABLED;
    this.dnsServers = listOf(env.DNS_SERVERS);
    this.stripe =
      env.BILLING_PROVIDER === 'stripe' ? { secretKey: env.STRIPE_SECRET_KEY ?? '', webhookSecrets: listOf(env.STRIPE_WEBHOOK_SECRET), apiUrl: env.STRIPE_API_URL } : undefined;
  }

  /** The issuer of our access tokens (RFC 8725, section 3.8). */
  get tokenIssuer(): string {
    return this.appUrl;
  }
}
