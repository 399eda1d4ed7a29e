import type pg from 'pg';
import { readAppSecret } from '../config/app-secret.js';
import { MachineClock } from '../common/clock.js';
import { backupKeysOf, s3AccessOf } from '../config/app-config.js';
import type { Env } from '../config/env.js';
import { resolveDatabase } from '../database/connect/connections.js';
import { withConnection } from '../database/connect/with-connection.js';
import { DatabaseSetUpError } from '../database/database-set-up.error.js';
import { inspectUrl, type Inspection } from '../database/doctor/doctor.js';
import { checkOperators } from '../database/doctor/operator.checks.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { checkStorages } from '../observability/storage.checks.js';
import { migrate } from '../database/migrations/migrate.js';

/**
 * Inspects the configured database without changing it, and the settings. Connects as the application role when its URL is
 * known. Starts the embedded server for the inspection if it is not running.
 */
export async function inspectConfigured(env: Env): Promise<Inspection> {
  const { findings, warnings } = await inspectDatabaseOf(env);
  const operators = checkOperators({ isProduction: env.NODE_ENV === 'production', secondFactorRequired: env.OPERATORS_REQUIRE_SECOND_FACTOR });
  const storages = await checkStorages({ storageUrl: env.STORAGE_URL, backupUrl: env.BACKUP_URL, backupKeys: backupKeysOf(env), s3: s3AccessOf(env) }, new MachineClock().now());
  return { findings, warnings: [...warnings, ...operators, ...storages] };
}

async function inspectDatabaseOf(env: Env): Promise<Inspection> {
  if (env.DATABASE_URL !== undefined) return inspectUrl(env.DATABASE_URL, { asApplication: env.DATABASE_PLATFORM_URL !== undefined });
  const running = findEmbeddedPostgres(env.DATA_DIR);
  if (running !== undefined) return inspectUrl(running.app, { asApplication: true });
  const server = await startEmbeddedPostgres({ dataDir: env.DATA_DIR });
  try {
    return await inspectUrl(server.urls.app, { asApplication: true });
  } finally {
    await server.stop();
  }
}

/**
 * Migrates the configured database as its owner.
 *
 * @returns the names of the applied migrations; undefined when the database set-up applied them and does not report names
 */
export async function migrateConfigured(env: Env): Promise<string[] | undefined> {
  if (env.DATABASE_OWNER_URL !== undefined) return migrate(env.DATABASE_OWNER_URL);
  const running = env.DATABASE_URL === undefined ? findEmbeddedPostgres(env.DATA_DIR) : undefined;
  if (running !== undefined) return migrate(running.owner);
  const database = await resolveDatabase({
    databaseUrl: env.DATABASE_URL,
    platformUrl: env.DATABASE_PLATFORM_URL,
    dataDir: env.DATA_DIR,
    appSecret: readAppSecret(env),
  });
  await database.stop();
  return undefined;
}

/** Runs `work` with the address of the owner of the configured database. @throws {DatabaseSetUpError} when it is not known */
export async function asOwner<Result>(env: Env, work: (ownerUrl: string) => Promise<Result>): Promise<Result> {
  const url = env.DATABASE_OWNER_URL ?? (env.DATABASE_PLATFORM_URL === undefined ? env.DATABASE_URL : undefined);
  if (url !== undefined) return work(url);
  if (env.DATABASE_URL !== undefined) throw new DatabaseSetUpError('DATABASE_OWNER_URL is missing. Only the owner of the tables may do this.');
  const running = findEmbeddedPostgres(env.DATA_DIR);
  if (running !== undefined) return work(running.owner);
  const server = await startEmbeddedPostgres({ dataDir: env.DATA_DIR });
  try {
    return await work(server.urls.owner);
  } finally {
    await server.stop();
  }
}

/** Runs `work` with a connection of the owner, whose changes the audit log records as those of a command. @throws {DatabaseSetUpError} as {@link asOwner} */
export const withOwner = <Result>(env: Env, command: string, work: (owner: pg.Client) => Promise<Result>): Promise<Result> =>
  asOwner(env, (url) =>
    withConnection(url, async (owner) => {
      await owner.query(`select set_config('app.audit', $1, false)`, [JSON.stringify({ actorKind: 'operator', action: `cli ${command}` })]);
      return work(owner);
    }),
  );

/** Runs `work` with the addresses of the owner and of the platform role of the configured database. @throws {DatabaseSetUpError} as {@link asOwner} */
export async function asOwnerAndPlatform<Result>(env: Env, work: (addresses: { readonly ownerUrl: string; readonly platformUrl: string }) => Promise<Result>): Promise<Result> {
  const platformUrl = env.DATABASE_PLATFORM_URL;
  if (platformUrl !== undefined) return asOwner(env, (ownerUrl) => work({ ownerUrl, platformUrl }));
  const running = env.DATABASE_URL === undefined ? findEmbeddedPostgres(env.DATA_DIR) : undefined;
  if (running !== undefined) return work({ ownerUrl: running.owner, platformUrl: running.platform });
  const database = await resolveDatabase({ databaseUrl: env.DATABASE_URL, ownerUrl: env.DATABASE_OWNER_URL, dataDir: env.DATA_DIR, appSecret: readAppSecret(env) });
  try {
    if (database.ownerUrl === undefined) throw new DatabaseSetUpError('DATABASE_OWNER_URL is missing. Only the owner of the tables may do this.');
    return await work({ ownerUrl: database.ownerUrl, platformUrl: database.platformUrl });
  } finally {
    await database.stop();
  }
}
