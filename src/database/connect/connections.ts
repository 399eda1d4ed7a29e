import { readFacts } from './database-facts.js';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js';
import { withDefaultSettings } from './default-connection.js';
import { setUpFromOwner } from './external-database.js';
import { findPendingMigrations, migrate } from '../migrations/migrate.js';

export interface DatabaseSettings {
  /** `DATABASE_URL`: the address of the application role or, without `DATABASE_PLATFORM_URL`, of the owner. */
  readonly databaseUrl?: string | undefined;
  /** `DATABASE_PLATFORM_URL`: the address of the platform role. */
  readonly platformUrl?: string | undefined;
  /** `DATABASE_OWNER_URL`: the address of the owner, who migrates. */
  readonly ownerUrl?: string | undefined;
  /** The data folder of the embedded server. */
  readonly dataDir: string;
  /** The passwords of the login roles are derived from it. */
  readonly appSecret: string;
}

/** A migrated database, with the addresses of its two roles. */
export interface ResolvedDatabase {
  readonly mode: 'embedded' | 'external';
  readonly appUrl: string;
  readonly platformUrl: string;
  /** Undefined when the migrations are applied elsewhere. */
  readonly ownerUrl?: string;
  /** The folder of the embedded server. */
  readonly home?: string;
  /** Stops the embedded server. Does nothing for an external one. */
  stop(): Promise<void>;
}

/**
 * Connects to the database that the settings name, or starts the embedded one, and migrates it:
 * - no address: starts an embedded server in the data folder;
 * - `DATABASE_URL` alone: the owner. Creates the application's two roles and uses them;
 * - `DATABASE_URL` and `DATABASE_PLATFORM_URL`: uses them as given. Migrates with `DATABASE_OWNER_URL`; without it, the
 *   database must be migrated already.
 *
 * @throws {DatabaseSetUpError} with a message that says what to do
 */
export async function resolveDatabase(settings: DatabaseSettings): Promise<ResolvedDatabase> {
  const { databaseUrl, platformUrl, ownerUrl } = settings;
  if (databaseUrl === undefined) {
    if (platformUrl !== undefined || ownerUrl !== undefined) {
      throw new DatabaseSetUpError('DATABASE_URL is missing. DATABASE_PLATFORM_URL and DATABASE_OWNER_URL require it. Set it, or unset all three to use the embedded database.');
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
  if (ownerUrl !== undefined)
    throw new DatabaseSetUpError('DATABASE_PLATFORM_URL is missing. With DATABASE_OWNER_URL, set the address of both roles: DATABASE_URL and DATABASE_PLATFORM_URL.');
  return setUpFromOwner(databaseUrl, appSecret);
}

async function resolveFromAll(appUrl: string, platformUrl: string, ownerUrl: string | undefined): Promise<Addresses> {
  await withDefaultSettings(platformUrl, readFacts);
  if (ownerUrl === undefined) await assertMigrated(platformUrl);
  else await migrate(ownerUrl);
  return { appUrl, platformUrl, ...(ownerUrl === undefined ? {} : { ownerUrl }) };
}

async function assertMigrated(platformUrl: string): Promise<void> {
  const pending = await findPendingMigrations(platformUrl);
  if (pending.length === 0) return;
  throw new DatabaseSetUpError(
    `${pending.length} migration(s) are not applied to the database: ${pending.join(', ')}. ` +
      'Set DATABASE_OWNER_URL to apply them at start, or apply them before the start as the owner, with `tenantry db:migrate` or `npx prisma migrate deploy`.',
  );
}
