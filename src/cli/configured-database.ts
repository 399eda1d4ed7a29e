import { readAppSecret } from '../config/app-secret.js';
import type { Env } from '../config/env.js';
import { resolveDatabase } from '../database/connect/connections.js';
import { inspectUrl, type Finding, type Inspection } from '../database/doctor/doctor.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { migrate } from '../database/migrations/migrate.js';

/**
 * Inspects the configured database without changing it, and the settings. Connects as the application role when its URL is
 * known. Starts the embedded server for the inspection if it is not running.
 */
export async function inspectConfigured(env: Env): Promise<Inspection> {
  const { findings, warnings } = await inspectDatabaseOf(env);
  return { findings, warnings: [...warnings, ...checkOperators(env)] };
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

function checkOperators({ NODE_ENV, OPERATORS_REQUIRE_SECOND_FACTOR }: Env): Finding[] {
  if (NODE_ENV !== 'production' || OPERATORS_REQUIRE_SECOND_FACTOR) return [];
  const message = 'Operators can change every tenant, and need no second factor.';
  return [{ check: 'operators', object: 'OPERATORS_REQUIRE_SECOND_FACTOR', message, fix: 'Set OPERATORS_REQUIRE_SECOND_FACTOR=true.' }];
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
