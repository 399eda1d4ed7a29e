import { plainToInstance, Transform, Type } from 'class-transformer';
import { IsBoolean, IsEmail, IsFQDN, IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min, MinLength, ValidateIf, validateSync } from 'class-validator';

const toBoolean = ({ value }: { value: unknown }): unknown => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' || value === '' ? false : value);
const httpUrl = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/**
 * The environment, typed and checked. Every variable is explained in `.env.example`.
 * This file is the only reader of `process.env`.
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
  @IsUrl(httpUrl)
  APP_URL?: string;

  @IsOptional()
  @IsFQDN({ require_tld: false })
  APP_DOMAIN?: string;

  @IsOptional()
  @MinLength(32, { message: 'APP_SECRET must have at least 32 characters; make one with: openssl rand -base64 48' })
  APP_SECRET?: string;

  @IsString()
  DATA_DIR: string = '.data';

  /** A catalog file, or the name of one that comes along. */
  @IsString()
  CATALOG: string = 'default';

  /** Secrets that APP_SECRET replaced, newest first, separated by commas: what they sealed can still be opened. */
  @IsOptional()
  @IsString()
  APP_SECRET_PREVIOUS?: string;

  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'REDIS_URL must start with redis:// or rediss://' })
  REDIS_URL?: string;

  /** False where something in front limits already, and in most tests. */
  @Transform(toBoolean)
  @IsBoolean()
  RATE_LIMITS_ENABLED: boolean = true;

  /** Name servers (`address` or `address:port`, separated by commas) that prove domains; those of the machine when left out. */
  @IsOptional()
  @IsString()
  DNS_SERVERS?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgresql://' })
  DATABASE_URL?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_PLATFORM_URL must start with postgresql://' })
  DATABASE_PLATFORM_URL?: string;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_OWNER_URL must start with postgresql://' })
  DATABASE_OWNER_URL?: string;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  DATABASE_POOL_SIZE: number = 10;

  @Transform(toBoolean)
  @IsBoolean()
  DATABASE_PREPARED_STATEMENTS: boolean = true;

  @Transform(toBoolean)
  @IsBoolean()
  ALLOW_UNSAFE_DATABASE: boolean = false;

  @IsOptional()
  @Matches(/^smtps?:\/\//, { message: 'SMTP_URL must start with smtp:// or smtps://' })
  SMTP_URL?: string;

  @IsString()
  MAIL_FROM: string = 'tenantry <no-reply@localhost>';

  /** How many proxies stand in front: their X-Forwarded-* headers are believed. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(10)
  TRUSTED_PROXIES: number = 0;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';

  /** Who collects the money. */
  @IsIn(['manual', 'stripe'])
  BILLING_PROVIDER: 'manual' | 'stripe' = 'manual';

  @ValidateIf((env: Env) => env.BILLING_PROVIDER === 'stripe' || env.STRIPE_SECRET_KEY !== undefined)
  @Matches(/^[sr]k_\w{8,}$/, { message: 'STRIPE_SECRET_KEY must be a secret or restricted key (sk_… or rk_…), which BILLING_PROVIDER=stripe needs' })
  STRIPE_SECRET_KEY?: string;

  /** Signing secrets of the webhook endpoint, separated by commas: two while one replaces the other. */
  @ValidateIf((env: Env) => env.BILLING_PROVIDER === 'stripe' || env.STRIPE_WEBHOOK_SECRET !== undefined)
  @Matches(/^whsec_[\w+/=-]{8,}(,\s*whsec_[\w+/=-]{8,})*$/, {
    message: 'STRIPE_WEBHOOK_SECRET must be one or more whsec_…, separated by commas, which BILLING_PROVIDER=stripe needs',
  })
  STRIPE_WEBHOOK_SECRET?: string;

  /** For tests: something that answers as Stripe does. Without TLS only on this machine. */
  @IsOptional()
  @Matches(/^(https:\/\/[^/?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)\/?$/, { message: 'STRIPE_API_URL must be https://<host>, or http:// on loopback' })
  STRIPE_API_URL?: string;

  /** What a scraper of `GET /metrics` shows. Without it, production has no metrics. */
  @IsOptional()
  @MinLength(16)
  METRICS_TOKEN?: string;

  @Transform(toBoolean)
  @IsBoolean()
  JOBS_ENABLED: boolean = true;

  @IsEmail({ require_tld: false })
  PLATFORM_ADMIN_EMAIL: string = 'admin@tenantry.local';

  @IsOptional()
  @MinLength(12)
  PLATFORM_ADMIN_PASSWORD?: string;
}

/** Thrown when the environment cannot be used; the message has one line for each variable that is wrong. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * Reads and checks the environment. An empty value counts as unset, as in `.env` files.
 *
 * @throws {EnvError} naming every variable that is wrong and why
 */
export function loadEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const known = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const env = plainToInstance(Env, known, { exposeDefaultValues: true });
  const problems = validateSync(env, { whitelist: true }).flatMap((error) => Object.values(error.constraints ?? {}).map((message) => `  ${error.property}: ${message}`));
  if (problems.length > 0) throw new EnvError(`The environment cannot be used:\n${problems.join('\n')}`);
  return env;
}
