import { readAppSecret } from '../config/app-secret.js';
import { loadEnv } from '../config/env.js';
import { resolveDatabase, type ResolvedDatabase } from '../database/connections.js';
import { findEmbeddedPostgres } from '../database/embedded-postgres.js';

export type DatabaseAddresses = Pick<ResolvedDatabase, 'appUrl' | 'platformUrl'>;

/**
 * Finds the database that the environment names, migrated, and hands it to a command. Without one it is the embedded
 * database: the one that a running server started, or one that is started for the command and stopped after it.
 */
export async function withDatabase<Result>(use: (database: DatabaseAddresses) => Promise<Result>): Promise<Result> {
  const env = loadEnv();
  if (env.DATABASE_URL === undefined) {
    const running = findEmbeddedPostgres(env.DATA_DIR);
    if (running !== undefined) return use({ appUrl: running.app, platformUrl: running.platform });
  }
  const database = await resolveDatabase({
    databaseUrl: env.DATABASE_URL,
    platformUrl: env.DATABASE_PLATFORM_URL,
    ownerUrl: env.DATABASE_OWNER_URL,
    dataDir: env.DATA_DIR,
    appSecret: readAppSecret(env),
  });
  try {
    return await use(database);
  } finally {
    await database.stop();
  }
}
