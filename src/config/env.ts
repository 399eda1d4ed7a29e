import { plainToInstance, Transform, Type } from 'class-transformer';
import { IsBoolean, IsEmail, IsFQDN, IsIn, IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, ValidateIf, validateSync } from 'class-validator';
import { asciiDomain, emailAddressOf } from '../common/text/internet-names.js';
import { readAuthProviders, type AuthProvider } from './auth-providers.js';

const toBoolean = ({ value }: { value: unknown }): unknown => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' || value === '' ? false : value);
/** Other programs of the machine may have variables of OpenTelemetry that mean nothing here. */
const sendsTelemetry = (env: Env): boolean =>
  !env.OTEL_SDK_DISABLED &&
  [env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT].some(
    (endpoint) => endpoint !== undefined,
  );
/** A variable that is judged only if something is sent. */
const ofTelemetry =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, name) => {
    for (const decorate of [ValidateIf(sendsTelemetry), ...decorators]) decorate(target, name);
  };
const Protocol = (): PropertyDecorator =>
  ofTelemetry(IsIn(['http/protobuf'], { message: '$property must be http/protobuf, which collectors accept on port 4318. Other protocols are not included' }));
const Positive = (): PropertyDecorator =>
  ofTelemetry(
    Type(() => Number),
    IsInt(),
    Min(1),
  );
const httpUrl = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** The URL of a storage: a bucket, or a folder. Plain http is accepted only for loopback addresses. */
const storageUrl = /^(https:\/\/[^/?#@]+\/[^/?#]+(\/[\w.-]+)*\/?|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/[^/?#]+(\/[\w.-]+)*\/?|file:\/\/\/[^?#]+)$/;
const ofStorage = 'must be https://<host>/<bucket>[/<prefix>], or file:///<folder>; http:// only with a loopback address';

const hasBucket = ({ STORAGE_URL, BACKUP_URL, EVENT_SINK_STORAGE_URL }: Env): boolean =>
  [STORAGE_URL, BACKUP_URL, EVENT_SINK_STORAGE_URL].some((url) => /^https?:/.test(url ?? ''));

/**
 * The environment variables, typed and validated. `.env.example` describes each one. No other file reads `process.env`.
 */
export class Env {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'development';

  @IsString()
  HOST: string = '127.0.0.1';

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number = 3000;

  @IsOptional()
  @IsUrl(httpUrl, { message: 'APP_URL must be an http or https URL, for example https://app.example.com' })
  APP_URL?: string;

  /** `off` serves the API without the pages of the console. */
  @IsIn(['on', 'off'], { message: 'CONSOLE must be on or off' })
  CONSOLE: 'on' | 'off' = 'on';

  @IsOptional()
  @IsUrl(httpUrl, { message: 'API_URL must be an http or https URL, for example https://api.example.com' })
  API_URL?: string;

  /** Origins whose pages may call the API, separated by commas, in addition to that of APP_URL; `*` for all. */
  @IsOptional()
  @Matches(/^(?:\*|https?:\/\/[^\s,/?#@]+(?:\s*,\s*https?:\/\/[^\s,/?#@]+)*)$/, {
    message: 'CORS_ORIGINS must be * or origins separated by commas, for example https://app.example.com,https://admin.example.com',
  })
  CORS_ORIGINS?: string;

  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => (typeof value === 'string' ? (asciiDomain(value) ?? value) : value))
  @IsFQDN({ require_tld: false }, { message: 'APP_DOMAIN must be a domain name, for example app.example.com' })
  APP_DOMAIN?: string;

  @IsOptional()
  @MinLength(32, { message: 'APP_SECRET must have at least 32 characters. Generate one with: openssl rand -base64 48' })
  APP_SECRET?: string;

  @IsString()
  DATA_DIR: string = '.data';

  /** A catalog file, or the name of a built-in catalog. */
  @IsString()
  CATALOG: string = 'default';

  /** Former values of APP_SECRET, newest first, separated by commas. They decrypt existing data and encrypt nothing. */
  @IsOptional()
  @IsString()
  APP_SECRET_PREVIOUS?: string;

  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'REDIS_URL must start with redis:// or rediss://' })
  REDIS_URL?: string;

  /** False when a proxy applies rate limits already, and in most tests. */
  @Transform(toBoolean)
  @IsBoolean()
  RATE_LIMITS_ENABLED: boolean = true;

  /** False lets an organization use a whole replica, whatever its plan says, and an overloaded replica refuses nobody. */
  @Transform(toBoolean)
  @IsBoolean()
  LOAD_LIMITS_ENABLED: boolean = true;

  /** Name servers (`address` or `address:port`, separated by commas) that verify domains, and find the servers that organizations name. Those of the machine when undefined. */
  @IsOptional()
  @IsString()
  DNS_SERVERS?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgresql:// or postgres://' })
  DATABASE_URL?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_PLATFORM_URL must start with postgresql:// or postgres://' })
  DATABASE_PLATFORM_URL?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_OWNER_URL must start with postgresql:// or postgres://' })
  DATABASE_OWNER_URL?: string;

  /** The server of a read replica, for reports and exports. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/[^@/?]+(\/[^@?]*)?(\?(?!(.*&)?(user|password|host|port|database)=)[^@]*)?$/, {
    message: 'DATABASE_REPORTS_URL must be postgresql://<host>:<port>, without a role: reports use the role and the password of the application',
  })
  DATABASE_REPORTS_URL?: string;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  DATABASE_POOL_SIZE: number = 10;

  /** Seconds that the start waits for a database that cannot be reached. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(3600)
  DATABASE_WAIT: number = 60;

  /** Seconds that a statement may take. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3600)
  DATABASE_STATEMENT_TIMEOUT: number = 15;

  /** Seconds that a statement waits for a lock. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3600)
  DATABASE_LOCK_TIMEOUT: number = 5;

  @Transform(toBoolean)
  @IsBoolean()
  DATABASE_PREPARED_STATEMENTS: boolean = true;

  @Transform(toBoolean)
  @IsBoolean()
  ALLOW_UNSAFE_DATABASE: boolean = false;

  @IsOptional()
  @Matches(/^smtps?:\/\//, { message: 'SMTP_URL must start with smtp:// or smtps://' })
  SMTP_URL?: string;

  /** A list of breached passwords with the range protocol of Have I Been Pwned. Plain http is accepted only for loopback addresses. */
  @IsOptional()
  @Matches(/^(https:\/\/[^?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[^?#]*)?)$/, {
    message: 'BREACHED_PASSWORDS_URL must be https://<host>, or http:// with a loopback address',
  })
  BREACHED_PASSWORDS_URL?: string;

  @IsString()
  MAIL_FROM: string = 'no-reply@localhost';

  /** The address to which servers report bounces. Each mail has one of its own, with a signed id after the `+` (docs/mail.md). A local part has at most 64 characters. */
  @IsOptional()
  @Matches(/^[a-z0-9._-]{1,15}@[a-z0-9.-]{1,253}$/i, {
    message: 'MAIL_BOUNCE_ADDRESS must be an address such as bounces@example.com, with at most 15 letters, digits, dots, hyphens and underscores before the @',
  })
  MAIL_BOUNCE_ADDRESS?: string;

  /** The folder of translations of mails, one file `<language>.json` each (docs/mail.md). */
  @IsOptional()
  @IsString()
  MAIL_LOCALES_DIR?: string;

  /** The number of proxies in front of the server whose X-Forwarded-* headers are trusted. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(10)
  TRUSTED_PROXIES: number = 0;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';

  /** The payment provider. */
  @IsIn(['none', 'manual', 'stripe'])
  BILLING_PROVIDER: 'none' | 'manual' | 'stripe' = 'manual';

  @ValidateIf((env: Env) => env.BILLING_PROVIDER === 'stripe' || env.STRIPE_SECRET_KEY !== undefined)
  @Matches(/^[sr]k_\w{8,}$/, { message: 'STRIPE_SECRET_KEY must be a secret or restricted key (sk_… or rk_…). BILLING_PROVIDER=stripe requires it' })
  STRIPE_SECRET_KEY?: string;

  /** Signing secrets of the webhook endpoint, separated by commas. Two while a secret is being rotated. */
  @ValidateIf((env: Env) => env.BILLING_PROVIDER === 'stripe' || env.STRIPE_WEBHOOK_SECRET !== undefined)
  @Matches(/^whsec_[\w+/=-]{8,}(,\s*whsec_[\w+/=-]{8,})*$/, {
    message: 'STRIPE_WEBHOOK_SECRET must be one or more signing secrets (whsec_…), separated by commas. BILLING_PROVIDER=stripe requires it',
  })
  STRIPE_WEBHOOK_SECRET?: string;

  /** For tests: the URL of a Stripe stand-in. Plain http is accepted only for loopback addresses. */
  @IsOptional()
  @Matches(/^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)\/?$/, { message: 'STRIPE_API_URL must be https://<host>, or http:// with a loopback address' })
  STRIPE_API_URL?: string;

  /** The number of mails of one kind that a recipient gets in an hour, for mails that anybody can cause. 0: no limit. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  MAIL_HOURLY_LIMIT: number = 5;

  /** Seconds for which a refresh token works again, while the one that replaces it was not used (docs/accounts.md). 0: never. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(300)
  REFRESH_GRACE: number = 30;

  /** Identity providers with which users sign in, separated by commas. Each has variables of its own (docs/social-sign-in.md). */
  @IsOptional()
  @IsString()
  AUTH_PROVIDERS?: string;

  /** Whether the identity providers of organizations may be on loopback addresses, also over http. For development and tests. */
  @Transform(toBoolean)
  @IsBoolean()
  SSO_ALLOW_LOOPBACK: boolean = false;

  /** Whether webhooks may be on loopback addresses, also over http. For development and tests. */
  @Transform(toBoolean)
  @IsBoolean()
  WEBHOOKS_ALLOW_LOOPBACK: boolean = false;

  /** Read from AUTH_PROVIDERS and the variables of each provider. */
  authProviders: readonly AuthProvider[] = [];

  /** The minutes after a login in which changes of access, keys, security and billing work without another one. 0: always. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1440)
  RECENT_LOGIN_MINUTES: number = 30;

  /** The days after which an account that has never verified its address and is not used ends (docs/accounts.md). 0: never. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  UNVERIFIED_ACCOUNT_DAYS: number = 0;

  /** The bearer token for `GET /metrics`. Without it, production serves no metrics. */
  @IsOptional()
  @MinLength(16, { message: 'METRICS_TOKEN must have at least 16 characters' })
  METRICS_TOKEN?: string;

  /** Where checkpoints of the audit log are stored outside of the database. Plain http is accepted only for loopback addresses. */
  @IsOptional()
  @Matches(/^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?|file:\/\/)\//, {
    message: 'AUDIT_CHECKPOINTS_URL must be https://<host>/<path>, or file:///<path>; http:// only with a loopback address',
  })
  AUDIT_CHECKPOINTS_URL?: string;

  /** The bearer token of the server of AUDIT_CHECKPOINTS_URL. */
  @IsOptional()
  @IsString()
  AUDIT_CHECKPOINTS_TOKEN?: string;

  /** Where files are stored that all replicas need: a folder, or a bucket of S3 or of a server with its protocol. Plain http is accepted only for loopback addresses. */
  @IsOptional()
  @Matches(storageUrl, { message: `STORAGE_URL ${ofStorage}` })
  STORAGE_URL?: string;

  /** Where all organizations are backed up each night, as STORAGE_URL. Without it, backups are made by command alone. */
  @IsOptional()
  @Matches(storageUrl, { message: `BACKUP_URL ${ofStorage}` })
  BACKUP_URL?: string;

  /** The days after which a backup is deleted. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3650)
  BACKUP_KEEP_DAYS: number = 30;

  /** Encrypts backups. Without it, they are stored as they are. */
  @IsOptional()
  @MinLength(32, { message: 'BACKUP_ENCRYPTION_KEY must have at least 32 characters. Create one with: openssl rand -hex 32' })
  BACKUP_ENCRYPTION_KEY?: string;

  /** Former values of BACKUP_ENCRYPTION_KEY, separated by commas. They decrypt older backups and encrypt nothing. */
  @IsOptional()
  @IsString()
  BACKUP_ENCRYPTION_KEY_PREVIOUS?: string;

  /** The server that receives the events of all organizations. Plain http is accepted only for loopback addresses. */
  @IsOptional()
  @Matches(/^(https:\/\/[^/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)\//, {
    message: 'EVENT_SINK_URL must be https://<host>/<path>; http:// only with a loopback address',
  })
  EVENT_SINK_URL?: string;

  /** The bearer token of the server of EVENT_SINK_URL. */
  @IsOptional()
  @IsString()
  EVENT_SINK_TOKEN?: string;

  /** The storage that receives the events of all organizations as objects, in the form of STORAGE_URL. */
  @IsOptional()
  @Matches(storageUrl, { message: `EVENT_SINK_STORAGE_URL ${ofStorage}` })
  EVENT_SINK_STORAGE_URL?: string;

  /** The seconds for which an object of EVENT_SINK_STORAGE_URL gathers events. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3600)
  EVENT_SINK_INTERVAL: number = 60;

  /** The credentials of the buckets. */
  @ValidateIf((env: Env) => env.S3_SECRET_ACCESS_KEY !== undefined || hasBucket(env))
  @MinLength(1, { message: 'S3_ACCESS_KEY_ID must be set for a bucket, together with S3_SECRET_ACCESS_KEY' })
  S3_ACCESS_KEY_ID?: string;

  @ValidateIf((env: Env) => env.S3_ACCESS_KEY_ID !== undefined || hasBucket(env))
  @MinLength(1, { message: 'S3_SECRET_ACCESS_KEY must be set for a bucket, together with S3_ACCESS_KEY_ID' })
  S3_SECRET_ACCESS_KEY?: string;

  @IsString()
  S3_REGION: string = 'us-east-1';

  /** The SHA-256 of the last checkpoint of a secret that is lost, which checkpoints of the present secret may follow. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'AUDIT_CHECKPOINTS_ACCEPTED must be a SHA-256 in lower-case hexadecimal digits' })
  AUDIT_CHECKPOINTS_ACCEPTED?: string;

  @Transform(toBoolean)
  @IsBoolean()
  JOBS_ENABLED: boolean = true;

  /** Seconds during which a stopping server is not ready and answers requests all the same. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(600)
  SHUTDOWN_DELAY: number = 0;

  /** Whether the routes of operators require a session with a second factor. */
  @Transform(toBoolean)
  @IsBoolean()
  OPERATORS_REQUIRE_SECOND_FACTOR: boolean = false;

  /**
   * The collector of OpenTelemetry (docs/monitoring.md#opentelemetry). Without one for a signal, the signal is off. The packages of OpenTelemetry read
   * OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_HEADERS and the like themselves.
   */
  @IsOptional()
  @IsUrl(httpUrl, { message: 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL, for example http://collector:4318' })
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsOptional()
  @IsUrl(httpUrl)
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;

  @IsOptional()
  @IsUrl(httpUrl)
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT?: string;

  @IsOptional()
  @IsUrl(httpUrl)
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT?: string;

  @Transform(toBoolean)
  @IsBoolean()
  OTEL_SDK_DISABLED: boolean = false;

  @Protocol()
  OTEL_EXPORTER_OTLP_PROTOCOL: string = 'http/protobuf';
  @Protocol()
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: string = 'http/protobuf';
  @Protocol()
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: string = 'http/protobuf';
  @Protocol()
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: string = 'http/protobuf';

  /** Milliseconds for an export, with its repetitions. */
  @Positive()
  OTEL_EXPORTER_OTLP_TIMEOUT: number = 10_000;

  /** The queue of spans: milliseconds until fewer than a batch are exported, its length, and the spans of an export. */
  @Positive()
  OTEL_BSP_SCHEDULE_DELAY: number = 5_000;
  @Positive()
  OTEL_BSP_MAX_QUEUE_SIZE: number = 4_096;
  @Positive()
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: number = 512;

  /** The same for records of the log. */
  @Positive()
  OTEL_BLRP_SCHEDULE_DELAY: number = 1_000;
  @Positive()
  OTEL_BLRP_MAX_QUEUE_SIZE: number = 4_096;
  @Positive()
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: number = 512;

  @ValidateIf(sendsTelemetry)
  @IsIn(['otlp', 'none'])
  OTEL_TRACES_EXPORTER: string = 'otlp';

  @ValidateIf(sendsTelemetry)
  @IsIn(['otlp', 'none'])
  OTEL_METRICS_EXPORTER: string = 'otlp';

  @ValidateIf(sendsTelemetry)
  @IsIn(['otlp', 'none'])
  OTEL_LOGS_EXPORTER: string = 'otlp';

  @ValidateIf(sendsTelemetry)
  @IsIn(['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'])
  OTEL_TRACES_SAMPLER: string = 'parentbased_always_on';

  /** Whether requests continue the traces of their callers, and callers decide whether they are traced. Only for a server that strangers do not reach with such headers. */
  @Transform(toBoolean)
  @IsBoolean()
  TRUST_TRACEPARENT: boolean = false;

  /** The share of traces of the samplers with `traceidratio`. */
  @ValidateIf(sendsTelemetry)
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  OTEL_TRACES_SAMPLER_ARG: number = 1;

  /** Milliseconds between two exports of metrics. */
  @ValidateIf(sendsTelemetry)
  @Type(() => Number)
  @IsInt()
  @Min(100)
  OTEL_METRIC_EXPORT_INTERVAL: number = 60_000;

  @Transform(({ value }: { value: unknown }): unknown => (typeof value === 'string' ? (emailAddressOf(value) ?? value) : value))
  @IsEmail({ require_tld: false }, { message: 'PLATFORM_ADMIN_EMAIL must be an email address' })
  PLATFORM_ADMIN_EMAIL: string = 'admin@tenantry.local';

  @IsOptional()
  @MinLength(12, { message: 'PLATFORM_ADMIN_PASSWORD must have at least 12 characters' })
  PLATFORM_ADMIN_PASSWORD?: string;
}

/**
 * Adds the variables of the file `.env` in the working folder to the environment, where they are not set already. Production and tests name themselves in
 * their environment: for them the file is not read, so that a forgotten one changes nothing.
 */
export function readEnvFile(): void {
  if (['production', 'test'].includes(process.env['NODE_ENV'] ?? '')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Whether this is a production installation, also when other variables are invalid. */
export const isProduction = (): boolean => process.env['NODE_ENV'] === 'production';

/** Thrown when environment variables are missing or invalid. The message has one line for each of them. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * Reads and validates the environment variables. An empty value counts as unset, as in `.env` files.
 *
 * @throws {EnvError} naming every invalid variable and the reason
 */
export function loadEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const known = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const env = plainToInstance(Env, known, { exposeDefaultValues: true });
  const problems = validateSync(env, { whitelist: true }).flatMap((error) => Object.values(error.constraints ?? {}).map((message) => `  ${message}`));
  const ofProviders: string[] = [];
  env.authProviders = readAuthProviders(known, ofProviders);
  problems.push(...ofProviders.map((message) => `  ${message}`));
  if (problems.length > 0) throw new EnvError(`Some environment variables are invalid. Correct them and start again (.env.example describes each one):\n${problems.join('\n')}`);
  return env;
}
