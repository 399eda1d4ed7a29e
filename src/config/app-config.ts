import type { Env } from './env.js';

/** Grace periods and life times that are not (yet) a tenant's own choice. Seconds unless the name says otherwise. */
export const lifetimes = {
  accessToken: 15 * 60,
  /** A session that is not used for so long is over. */
  session: 7 * 24 * 3600,
  rememberedSession: 60 * 24 * 3600,
  emailVerification: 24 * 3600,
  invitation: 7 * 24 * 3600,
  longestInvitation: 90 * 24 * 3600,
  /** How long a deleted organization can be restored. */
  deletedOrganization: 30 * 24 * 3600,
} as const;

/** The settings of this process, derived from the environment once at start and injected wherever they are needed. */
export class AppConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** The address that links in mails start with, without a trailing slash. Never taken from a request. */
  readonly appUrl: string;
  /** Organizations are also found by `<slug>.<appDomain>`. */
  readonly appDomain: string | undefined;
  /** The root of every derived key. */
  readonly appSecret: string;
  readonly dataDir: string;
  readonly databasePoolSize: number;
  /** Whether connections keep statements prepared; needs sessions, or a PgBouncer that knows them. */
  readonly preparedStatements: boolean;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly trustedProxies: number;
  readonly logLevel: string;
  readonly jobsEnabled: boolean;

  /**
   * @param env the checked environment
   * @param appSecret `APP_SECRET`, or the secret that a development set-up keeps in its data folder
   */
  constructor(env: Env, appSecret: string) {
    this.production = env.NODE_ENV === 'production';
    this.host = env.HOST;
    this.port = env.PORT;
    this.appUrl = (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, '');
    this.appDomain = env.APP_DOMAIN?.toLowerCase();
    this.appSecret = appSecret;
    this.dataDir = env.DATA_DIR;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.preparedStatements = env.DATABASE_PREPARED_STATEMENTS;
    this.smtpUrl = env.SMTP_URL;
    this.mailFrom = env.MAIL_FROM;
    this.trustedProxies = env.TRUSTED_PROXIES;
    this.logLevel = env.LOG_LEVEL;
    this.jobsEnabled = env.JOBS_ENABLED;
  }

  /** The issuer of our access tokens (RFC 8725, section 3.8). */
  get tokenIssuer(): string {
    return this.appUrl;
  }
}
