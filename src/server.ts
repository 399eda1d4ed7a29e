import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.setup.js';
import type { AppConfig } from './config/app-config.js';
import type { Env } from './config/env.js';
import { resolveDatabase, type ResolvedDatabase } from './database/connections.js';
import { assertSafeDatabase } from './database/doctor.js';
import { DatabaseUrls } from './database/database-urls.js';
import { CatalogChanges } from './modules/tenants/catalog-changes.service.js';
import { PlatformAdmins } from './modules/auth/platform-admins.service.js';
import { welcome } from './welcome.js';

export interface RunningServer {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Answers what was begun, then closes the application and, where it is ours, the database. */
  stop(): Promise<void>;
}

/**
 * Finds or starts the database, migrates it, refuses it when it is not safe, and serves.
 *
 * @throws {EnvError | UnsafeDatabaseError | Error} with a message that says what to do
 */
export async function startServer(env: Env, config: AppConfig, print: (text: string) => void): Promise<RunningServer> {
  const database = await resolveDatabase({
    databaseUrl: env.DATABASE_URL,
    platformUrl: env.DATABASE_PLATFORM_URL,
    ownerUrl: env.DATABASE_OWNER_URL,
    dataDir: env.DATA_DIR,
    appSecret: config.appSecret,
  });
  try {
    return await serve(env, config, database, print);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function serve(env: Env, config: AppConfig, database: ResolvedDatabase, print: (text: string) => void): Promise<RunningServer> {
  await assertSafeDatabase(database.appUrl, { allowUnsafe: env.ALLOW_UNSAFE_DATABASE });
  const app = await createApp({ config, urls: new DatabaseUrls(database.appUrl, database.platformUrl) });
  await app.get(CatalogChanges).apply(config.catalog);
  await app.init();
  const admin = await app.get(PlatformAdmins).ensureFirst(env.PLATFORM_ADMIN_EMAIL, env.PLATFORM_ADMIN_PASSWORD);
  await app.listen(config.port, config.host);
  const url = await app.getUrl();
  print(welcome({ url, config, databaseHome: database.home, admin: env.PLATFORM_ADMIN_PASSWORD === undefined ? admin : undefined }));
  const stop = async (): Promise<void> => {
    await app.close();
    await database.stop();
  };
  return { app, url, stop };
}
