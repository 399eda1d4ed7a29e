import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from './config/app-config.js';
import type { Env } from './config/env.js';
import { resolveDatabase, type ResolvedDatabase } from './database/connect/connections.js';
import { assertSafeDatabase } from './database/doctor/doctor.js';
import { DatabaseUrls } from './database/connect/database-urls.js';
import { welcome } from './welcome.js';

export interface RunningServer {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Finishes the requests that are being answered, then closes the application and the embedded database, if there is one. */
  stop(): Promise<void>;
}

/**
 * Connects to the database or starts the embedded one, migrates it, checks it, and starts the HTTP server.
 *
 * @throws {EnvError | DatabaseSetUpError | UnsafeDatabaseError} with a message that says what to do
 */
export async function startServer(env: Env, config: AppConfig, print: (text: string) => void): Promise<RunningServer> {
  // The application is imported while the database starts. An error of the database is reported without waiting for it.
  const loading = loadApplication();
  loading.catch(() => undefined);
  const database = await resolveDatabase({
    databaseUrl: env.DATABASE_URL,
    platformUrl: env.DATABASE_PLATFORM_URL,
    ownerUrl: env.DATABASE_OWNER_URL,
    dataDir: env.DATA_DIR,
    appSecret: config.appSecret,
  });
  try {
    return await serve({ env, config, database, print }, await loading);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function loadApplication() {
  const [{ createApp }, { AuditChainService }, { CatalogChangesService }, { PlatformAdminsService }] = await Promise.all([
    import('./app.setup.js'),
    import('./modules/audit/hash-chain/audit-chain.service.js'),
    import('./modules/tenants/catalog/catalog-changes.service.js'),
    import('./modules/auth/platform/platform-admins.service.js'),
  ]);
  return { createApp, AuditChainService, CatalogChangesService, PlatformAdminsService };
}

interface Start {
  readonly env: Env;
  readonly config: AppConfig;
  readonly database: ResolvedDatabase;
  readonly print: (text: string) => void;
}

async function serve(
  { env, config, database, print }: Start,
  { createApp, AuditChainService, CatalogChangesService, PlatformAdminsService }: Awaited<ReturnType<typeof loadApplication>>,
): Promise<RunningServer> {
  await assertSafeDatabase(database.appUrl, { allowUnsafe: env.ALLOW_UNSAFE_DATABASE, platformUrl: database.platformUrl });
  const app = await createApp({ config, urls: new DatabaseUrls(database.appUrl, database.platformUrl) });
  await app.get(CatalogChangesService).applyCatalog(config.catalog);
  await app.init();
  const admin = await app.get(PlatformAdminsService).createFirstPlatformAdmin(env.PLATFORM_ADMIN_EMAIL, env.PLATFORM_ADMIN_PASSWORD);
  await app.listen(config.port, config.host);
  app.get(AuditChainService).catchUp();
  const url = await app.getUrl();
  print(welcome({ url, config, databaseHome: database.home, admin: env.PLATFORM_ADMIN_PASSWORD === undefined ? admin : undefined }));
  const stop = async (): Promise<void> => {
    await app.close();
    await database.stop();
  };
  return { app, url, stop };
}
