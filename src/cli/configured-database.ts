import { readAppSecret } from '../config/app-secret.js';
import type { Env } from '../config/env.js';
import { resolveDatabase } from '../database/connect/connections.js';
import { inspectLeftovers, inspectUrl, type Finding } from '../database/doctor/doctor.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { migrate } from '../database/migrations/migrate.js';

/** The report of the doctor. */
export interface Inspection {
  readonly findings: Finding[];
  /** Recommendations: they break no wall. */
  readonly warnings: Finding[];
}

/** Inspects a database. @param asApplication see {@link inspectUrl} */
export async function inspect(url: string, asApplication = false): Promise<Inspection> {
  const findings = await inspectUrl(url, { asApplication });
  return { findings, warnings: findings.some(({ cure }) => cure === 'tenantry db:migrate') ? [] : await inspectLeftovers(url) };
}

/**
 * Inspects the configured database without changing it, and the settings. Connects as the application role when its URL is
 * known. Starts the embedded server for the inspection if it is not running.
 */
export async function inspectConfigured(env: Env): Promise<Inspection> {
  const { findings, warnings } = await inspectDatabaseOf(env);
  return { findings, warnings: [...warnings, ...checkOperators(env)] };
}

async function inspectDatabaseOf(env: Env): Promise<Inspection> {
  if (env.DATABASE_URL !== undefined) return inspect(env.DATABASE_URL, env.DATABASE_PLATFORM_URL !== undefined);
  const running = findEmbeddedPostgres(env.DATA_DIR);
  if (running !== undefined) return inspect(running.app, true);
  const server = await startEmbeddedPostgres({ dataDir: env.DATA_DIR });
  try {
    return await inspect(server.urls.app, true);
  } finally {
    await server.stop();
  }
}

function checkOperators({ NODE_ENV, OPERATORS_REQUIRE_SECOND_FACTOR }: Env): Finding[] {
  if (NODE_ENV !== 'production' || OPERATORS_REQUIRE_SECOND_FACTOR) return [];
  const message = 'Operators can change every tenant, and need no second factor.';
  return [{ check: 'operators', object: 'OPERATORS_REQUIRE_SECOND_FACTOR', message, cure: 'Set OPERATORS_REQUIRE_SECOND_FACTOR=true.' }];
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
