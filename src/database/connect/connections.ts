import { readFacts } from './database-facts.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js';
import { setUpFromOwner, withConnection } from './external-database.js';
import { findPendingMigrations, migrate } from '../migrations/migrate.js';

export interface DatabaseSettings {
  /** `DATABASE_URL`: the application role; or, alone, the owner. */
  readonly databaseUrl?: string | undefined;
  /** `DATABASE_PLATFORM_URL` */
  readonly platformUrl?: string | undefined;
  /** `DATABASE_OWNER_URL`: who migrates. */
  readonly ownerUrl?: string | undefined;
  /** Where the embedded server has its files. */
  readonly dataDir: string;
  /** The passwords of the roles that we make are derived from it. */
  readonly appSecret: string;
}

/** A database that is migrated and ready, and the addresses of its two roles. */
export interface ResolvedDatabase {
  readonly mode: 'embedded' | 'external';
  readonly appUrl: string;
  readonly platformUrl: string;
  /** Unknown when somebody else migrates. */
  readonly ownerUrl?: string;
  /** The folder of the embedded server. */
  readonly home?: string;
  /** Stops the embedded server; nothing to do for an external one. */
  stop(): Promise<void>;
}

/**
 * Finds, or starts, the database that the settings name, and brings it up to date:
 * - no address: an embedded server in the data folder;
 * - `DATABASE_URL` alone: it is the owner; the application's two roles are made and used instead of it;
 * - `DATABASE_URL` and `DATABASE_PLATFORM_URL`: as they are; `DATABASE_OWNER_URL` migrates, or somebody must have.
 *
 * @throws {DatabaseSetUpError} with a message that says what to do
 */
export async function resolveDatabase(settings: DatabaseSettings): Promise<ResolvedDatabase> {
  const { databaseUrl, platformUrl, ownerUrl } = settings;
  if (databaseUrl === undefined) {
    if (platformUrl !== undefined || ownerUrl !== undefined) {
      throw new DatabaseSetUpError('DATABASE_URL is missing: DATABASE_PLATFORM_URL and DATABASE_OWNER_URL go with it. Set it, or none of the three for an embedded database.');
    }
    return resolveEmbedded(settings.dataDir);
  }
  const addresses = platformUrl === undefined ? await resolveFromOne(databaseUrl, settings) : await resolveFromAll(databaseUrl, platformUrl, ownerUrl);
  return { mode: 'external', ...addresses, stop: () => Promise.resolve() };
}

async function resolveEmbedded(dataDir: string): Promise<ResolvedDatabase> {
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    await migrate(server.urls.owner);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { mode: 'embedded', appUrl: server.urls.app, platformUrl: server.urls.platform, ownerUrl: server.urls.owner, home: server.home, stop: () => server.stop() };
}

type Addresses = Pick<ResolvedDatabase, 'appUrl' | 'platformUrl' | 'ownerUrl'>;

async function resolveFromOne(databaseUrl: string, { ownerUrl, appSecret }: DatabaseSettings): Promise<Addresses> {
  if (ownerUrl !== undefined) throw new DatabaseSetUpError('DATABASE_PLATFORM_URL is missing: beside DATABASE_OWNER_URL, each of the two roles needs its address.');
  return setUpFromOwner(databaseUrl, appSecret);
}

async function resolveFromAll(appUrl: string, platformUrl: string, ownerUrl: string | undefined): Promise<Addresses> {
  await withConnection(platformUrl, readFacts);
  if (ownerUrl === undefined) await assertMigrated(platformUrl);
  else await migrate(ownerUrl);
  return { appUrl, platformUrl, ...(ownerUrl === undefined ? {} : { ownerUrl }) };
}

async function assertMigrated(platformUrl: string): Promise<void> {
  const pending = await findPendingMigrations(platformUrl);
  if (pending.length === 0) return;
  throw new DatabaseSetUpError(
    `The database lacks ${pending.length} migration(s): ${pending.join(', ')}. ` +
      'Set DATABASE_OWNER_URL to have them applied at start, or apply them first: `tenantry db:migrate` or `npx prisma migrate deploy`, as the owner.',
  );
}
