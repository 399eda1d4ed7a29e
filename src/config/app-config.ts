import type { AuthProvider } from './auth-providers.js';
import type { Catalog } from './catalog/catalog.js';
import { loadCatalog } from './catalog/catalog-file.js';
import { EnvError, type Env } from './env.js';

/** Lifetimes and grace periods that tenants cannot configure. In seconds. */
export const lifetimes = {
  accessToken: 15 * 60,
  /** A session ends after this time without use. */
  session: 7 * 24 * 3600,
  rememberedSession: 60 * 24 * 3600,
  emailVerification: 24 * 3600,
  /** Longer than the hour in which mails are counted (MAIL_HOURLY_LIMIT): while none is sent, an earlier link still works. */
  passwordReset: 2 * 3600,
  /** The time within which a mailed link or code signs in. */
  mailSignIn: 15 * 60,
  /** The time within which an operator confirms their first second factor with the link in a mail. */
  secondFactorEnrolment: 2 * 3600,
  /** The time within which the former address can undo a change of the email address. */
  emailChangeUndo: 72 * 3600,
  /** The time within which a mailed link removes a second factor or a passkey that somebody else has added. */
  secondFactorUndo: 7 * 86_400,
  /** The time within which an authenticator must answer a challenge. */
  passkeyChallenge: 300,
  breakGlass: 15 * 60,
  /** The time within which a login must provide its second factor. */
  pendingLogin: 300,
  /** The time within which a user returns from an identity provider. */
  providerVisit: 600,
  /** The duration of an impersonation by an operator. */
  impersonation: 15 * 60,
  /** The time for which an account is locked after too many wrong passwords. */
  accountLock: 15 * 60,
  /** The time for which an account refuses unknown networks after too many wrong passwords from all of them. */
  accountLockOfAllNetworks: 3600,
  invitation: 7 * 24 * 3600,
  /** The time within which a deleted organization can be restored. */
  deletedOrganization: 30 * 24 * 3600,
} as const;

/** The connection to Stripe. See docs/billing-stripe.md. */
export interface StripeSettings {
  readonly secretKey: string;
  /** An event is accepted when any of these secrets signed it. */
  readonly webhookSecrets: readonly string[];
  /** A URL that replaces Stripe's own. */
  readonly apiUrl: string | undefined;
}

/** The signals that are sent to a collector of OpenTelemetry, and their settings. The packages of OpenTelemetry read the other standard variables themselves. */
export interface TelemetrySettings {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  readonly sampler: string;
  /** The share of traces, if the sampler needs one. */
  readonly samplerArgument: number;
  /** Whether requests continue the traces of their callers. */
  readonly trustsCallers: boolean;
  /** Milliseconds between two exports. */
  readonly metricInterval: number;
  readonly spanQueue: TelemetryQueue;
  readonly recordQueue: TelemetryQueue;
}

/** A queue for a collector, as OpenTelemetry calls its parts. */
export interface TelemetryQueue {
  readonly scheduledDelayMillis: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

function telemetryOf(env: Env): TelemetrySettings | undefined {
  const sends = (endpoint: string | undefined, exporter: string): boolean =>
    !env.OTEL_SDK_DISABLED && (endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined && exporter === 'otlp';
  const traces = sends(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_TRACES_EXPORTER);
  const metrics = sends(env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, env.OTEL_METRICS_EXPORTER);
  const logs = sends(env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, env.OTEL_LOGS_EXPORTER);
  if (!traces && !metrics && !logs) return undefined;
  return {
    traces,
    metrics,
    logs,
    sampler: env.OTEL_TRACES_SAMPLER,
    samplerArgument: env.OTEL_TRACES_SAMPLER_ARG,
    trustsCallers: env.TRUST_TRACEPARENT,
    metricInterval: env.OTEL_METRIC_EXPORT_INTERVAL,
    spanQueue: { scheduledDelayMillis: env.OTEL_BSP_SCHEDULE_DELAY, maxQueueSize: env.OTEL_BSP_MAX_QUEUE_SIZE, maxExportBatchSize: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE },
    recordQueue: { scheduledDelayMillis: env.OTEL_BLRP_SCHEDULE_DELAY, maxQueueSize: env.OTEL_BLRP_MAX_QUEUE_SIZE, maxExportBatchSize: env.OTEL_BLRP_MAX_EXPORT_BATCH_SIZE },
  };
}

/** In development, pages of every port of this machine may call the API: development servers of front ends choose their own. */
const ofThisMachine = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

function corsOriginsOf({ APP_DOMAIN, CORS_ORIGINS, NODE_ENV }: Env, appUrl: string): AppConfig['corsOrigins'] {
  if (CORS_ORIGINS === '*') return '*';
  const origins = [appUrl, ...listOf(CORS_ORIGINS)].map((url) => new URL(url).origin);
  const subdomains = APP_DOMAIN === undefined ? [] : [new RegExp(`^https://[a-z0-9-]+\\.${APP_DOMAIN.replaceAll('.', '\\.')}$`)];
  return [...new Set(origins), ...subdomains, ...(NODE_ENV === 'production' ? [] : [ofThisMachine])];
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Returns the former values of a secret. A list of one may contain a comma. */
const formerOf = (text?: string): string[] => (text === undefined ? [] : [...new Set([...listOf(text), text])]);

/** Thrown at start when nobody could join. */
export class NoWayToSignInError extends EnvError {
  constructor() {
    super('Nobody can sign in: the catalog offers no password and no mail (`signIn`), and AUTH_PROVIDERS is empty. Set `mail: true` in the catalog, or name a provider.');
  }
}

/** The credentials and the region of a server that speaks the protocol of S3. */
export interface S3Access {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Returns the credentials of buckets; undefined if there are none. */
export function s3AccessOf({ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey, S3_REGION: region }: Env): S3Access | undefined {
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey, region };
}

/** Returns the secrets of backups: first the one that encrypts. */
export const backupKeysOf = ({ BACKUP_ENCRYPTION_KEY: key, BACKUP_ENCRYPTION_KEY_PREVIOUS: previous }: Env): string[] => (key === undefined ? [] : [key, ...formerOf(previous)]);

/** The configuration of this process, derived from the environment once at start. */
export class AppConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** The base URL of links in mails, without a trailing slash. It is never taken from a request. */
  readonly appUrl: string;
  /** The base URL of this API, without a trailing slash: identity providers send responses of SAML to it. */
  readonly apiUrl: string;
  /** The origins whose pages may call the API for every organization; `*` for all. */
  readonly corsOrigins: '*' | readonly (string | RegExp)[];
  /** Whether the server has the pages of the console. */
  readonly servesConsole: boolean;
  /** When set, the host `<slug>.<appDomain>` selects an organization. */
  readonly appDomain: string | undefined;
  /** The roles, plans, meters and settings of this product. */
  readonly catalog: Catalog;
  /** The secret from which every key is derived. */
  readonly appSecret: string;
  /** Former secrets. They decrypt existing data and encrypt nothing. */
  readonly previousSecrets: readonly string[];
  readonly dataDir: string;
  /** The server of a read replica, for reports and exports. */
  readonly reportsUrl: string | undefined;
  readonly databasePoolSize: number;
  /** Milliseconds that a statement may take, and may wait for a lock. */
  readonly databaseLimits: { readonly statement: number; readonly lock: number };
  /** Whether connections use prepared statements. Requires sessions, or a PgBouncer that supports prepared statements. */
  readonly preparedStatements: boolean;
  /** The list of breached passwords against which new ones are checked; undefined for none. */
  readonly breachedPasswordsUrl: string | undefined;
  /** The identity providers with which users sign in. */
  readonly authProviders: readonly AuthProvider[];
  /** Whether the identity providers of organizations may be on loopback addresses, also over http. */
  readonly ssoAllowLoopback: boolean;
  /** Whether webhooks may be on loopback addresses, also over http. */
  readonly webhooksAllowLoopback: boolean;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** The address to which servers report bounces; undefined without one for each mail. */
  readonly mailBounceAddress: string | undefined;
  /** The folder of translations of mails; undefined for the shipped languages only. */
  readonly mailLocalesDir: string | undefined;
  /** The number of mails of one kind that a recipient gets in an hour; 0 for no limit. */
  readonly mailHourlyLimit: number;
  /** The seconds for which a refresh token works again after a lost answer; 0 for never. */
  readonly refreshGrace: number;
  /** The minutes after a login in which changes work that need a recent one; 0 for always. */
  readonly recentLoginMinutes: number;
  /** The days after which an unused account without a verified address ends; 0 for never. */
  readonly unverifiedAccountDays: number;
  readonly trustedProxies: number;
  readonly logLevel: string;
  readonly jobsEnabled: boolean;
  readonly metricsToken: string | undefined;
  /** Undefined when nothing is sent to a collector. */
  readonly telemetry: TelemetrySettings | undefined;
  /** Where checkpoints of the audit log are stored outside of the database (docs/audit.md). */
  readonly auditCheckpoints: { readonly url: string; readonly token: string | undefined } | undefined;
  /** The SHA-256 of the checkpoint of a lost secret that may be followed. */
  readonly acceptedCheckpoint: string | undefined;
  /** Where the events of all organizations are sent (docs/webhooks.md), and the seconds for which objects of a storage gather them. */
  readonly eventSinks: { readonly url: string | undefined; readonly token: string | undefined; readonly storageUrl: string | undefined; readonly interval: number };
  /** Where files are stored that all replicas need: a folder or a bucket. Undefined for a folder of this machine. */
  readonly storageUrl: string | undefined;
  /** Where all organizations are backed up each night. Undefined when backups are made by command alone. */
  readonly backupUrl: string | undefined;
  /** The days after which a backup is deleted. */
  readonly backupKeepDays: number;
  /** The key of backups, and then those of older ones. Without any, backups are not encrypted. */
  readonly backupKeys: readonly string[];
  /** The credentials of buckets. */
  readonly s3: S3Access | undefined;
  readonly redisUrl: string | undefined;
  readonly rateLimitsEnabled: boolean;
  readonly loadLimitsEnabled: boolean;
  readonly dnsServers: readonly string[];
  /** Whether the routes of operators require a session with a second factor. */
  readonly operatorsRequireSecondFactor: boolean;
  /** The biller of organizations, unless the operator sets another mode for one of them: nobody, tenantry by invoice, or the payment provider. */
  readonly billingMode: 'none' | 'invoice' | 'provider';
  /** Set when Stripe collects payments. When undefined, invoices are paid outside the application. */
  readonly stripe: StripeSettings | undefined;

  /**
   * @param env the validated environment
   * @param appSecret `APP_SECRET`, or the generated secret of a development installation
   * @throws {CatalogError} when the catalog is invalid
   * @throws {NoWayToSignInError} when there is no way to sign in
   */
  constructor(env: Env, appSecret: string) {
    this.production = env.NODE_ENV === 'production';
    this.host = env.HOST;
    this.port = env.PORT;
    this.appUrl = (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, '');
    this.apiUrl = (env.API_URL ?? this.appUrl).replace(/\/+$/, '');
    this.corsOrigins = corsOriginsOf(env, this.appUrl);
    this.servesConsole = env.CONSOLE === 'on';
    this.appDomain = env.APP_DOMAIN;
    this.catalog = loadCatalog(env.CATALOG);
    this.appSecret = appSecret;
    // A secret may contain a comma, so the whole text is also used as one secret.
    this.previousSecrets = formerOf(env.APP_SECRET_PREVIOUS);
    this.dataDir = env.DATA_DIR;
    this.reportsUrl = env.DATABASE_REPORTS_URL;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.databaseLimits = { statement: env.DATABASE_STATEMENT_TIMEOUT * 1000, lock: env.DATABASE_LOCK_TIMEOUT * 1000 };
    this.preparedStatements = env.DATABASE_PREPARED_STATEMENTS;
    this.breachedPasswordsUrl = env.BREACHED_PASSWORDS_URL?.replace(/\/+$/, '');
    this.authProviders = env.authProviders;
    const { password, mail } = this.catalog.signIn;
    if (!password && !mail && this.authProviders.length === 0) throw new NoWayToSignInError();
    this.ssoAllowLoopback = env.SSO_ALLOW_LOOPBACK;
    this.webhooksAllowLoopback = env.WEBHOOKS_ALLOW_LOOPBACK;
    this.smtpUrl = env.SMTP_URL;
    this.mailFrom = env.MAIL_FROM;
    this.mailBounceAddress = env.MAIL_BOUNCE_ADDRESS;
    this.mailLocalesDir = env.MAIL_LOCALES_DIR;
    this.mailHourlyLimit = env.MAIL_HOURLY_LIMIT;
    this.refreshGrace = env.REFRESH_GRACE;
    this.recentLoginMinutes = env.RECENT_LOGIN_MINUTES;
    this.unverifiedAccountDays = env.UNVERIFIED_ACCOUNT_DAYS;
    this.trustedProxies = env.TRUSTED_PROXIES;
    this.logLevel = env.LOG_LEVEL;
    this.jobsEnabled = env.JOBS_ENABLED;
    this.metricsToken = env.METRICS_TOKEN;
    this.telemetry = telemetryOf(env);
    this.auditCheckpoints = env.AUDIT_CHECKPOINTS_URL === undefined ? undefined : { url: env.AUDIT_CHECKPOINTS_URL, token: env.AUDIT_CHECKPOINTS_TOKEN };
    this.acceptedCheckpoint = env.AUDIT_CHECKPOINTS_ACCEPTED;
    this.eventSinks = { url: env.EVENT_SINK_URL, token: env.EVENT_SINK_TOKEN, storageUrl: env.EVENT_SINK_STORAGE_URL, interval: env.EVENT_SINK_INTERVAL };
    this.storageUrl = env.STORAGE_URL;
    this.backupUrl = env.BACKUP_URL;
    this.backupKeepDays = env.BACKUP_KEEP_DAYS;
    this.backupKeys = backupKeysOf(env);
    this.s3 = s3AccessOf(env);
    this.redisUrl = env.REDIS_URL;
    this.rateLimitsEnabled = env.RATE_LIMITS_ENABLED;
    this.loadLimitsEnabled = env.LOAD_LIMITS_ENABLED;
    this.operatorsRequireSecondFactor = env.OPERATORS_REQUIRE_SECOND_FACTOR;
    this.dnsServers = listOf(env.DNS_SERVERS);
    this.billingMode = ({ none: 'none', manual: 'invoice', stripe: 'provider' } as const)[env.BILLING_PROVIDER];
    this.stripe =
      env.BILLING_PROVIDER === 'stripe' ? { secretKey: env.STRIPE_SECRET_KEY ?? '', webhookSecrets: listOf(env.STRIPE_WEBHOOK_SECRET), apiUrl: env.STRIPE_API_URL } : undefined;
  }

  /** The issuer of access tokens (RFC 8725, section 3.8). */
  get tokenIssuer(): string {
    return this.appUrl;
  }
}
