import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from './config/app-config.js';
import type { Env } from './config/env.js';
import { resolveDatabase, type ResolvedDatabase } from './database/connect/connections.js';
import { assertOwnSessions } from './database/connect/shared-sessions.js';
import { waitForDatabase } from './database/connect/wait-for-database.js';
import { DatabaseSetUpError } from './database/database-set-up.error.js';
import { assertSafeDatabase } from './database/doctor/doctor.js';
import { DatabaseUrls } from './database/connect/database-urls.js';
import type { Telemetry } from './observability/telemetry/telemetry.js';
import { version } from './observability/version.js';
import { portError } from './port.js';
import { welcome } from './welcome.js';

export interface RunningServer {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /**
   * Is not ready for SHUTDOWN_DELAY, so that balancers send their requests elsewhere; then finishes the requests that are being answered, and closes the
   * application and the embedded database, if there is one.
   */
  stop(): Promise<void>;
}

/** Milliseconds that a stopping server waits for the requests that are being answered. */
const requestPatience = 15_000;

/**
 * Waits until the databases of the settings accept connections. Loads the application meanwhile.
 *
 * @param warn receives what delays the start
 * @throws {DatabaseSetUpError} after DATABASE_WAIT, or for an error that time does not cure
 */
export async function waitForDatabases(env: Env, warn: (text: string) => void): Promise<void> {
  loadApplication().catch(() => undefined);
  const urls = [env.DATABASE_URL, env.DATABASE_PLATFORM_URL, env.DATABASE_OWNER_URL].filter((url) => url !== undefined);
  await waitForDatabase(env.DATABASE_URL === undefined ? [] : urls, env.DATABASE_WAIT * 1000, (reason) =>
    warn(`Waiting up to ${env.DATABASE_WAIT} seconds for the database. ${reason}`),
  );
}

/**
 * Connects to the database or starts the embedded one, migrates it, checks it, and starts the HTTP server.
 *
 * @throws {EnvError | DatabaseSetUpError | UnsafeDatabaseError} with a message that says what to do
 */
export async function startServer(env: Env, config: AppConfig, print: (text: string) => void): Promise<RunningServer> {
  if (config.production && env.DATABASE_URL === undefined) {
    throw new DatabaseSetUpError('DATABASE_URL is not set. Production requires it: the embedded database is for development. docs/database.md explains the roles.');
  }
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

/** Telemetry begins before the application is created, which asks whether it is on. Its packages are loaded only then. */
async function loadTelemetry({ telemetry }: AppConfig): Promise<Telemetry | undefined> {
  if (telemetry === undefined) return undefined;
  const { startTelemetry } = await import('./observability/telemetry/telemetry.js');
  return startTelemetry(telemetry, version);
}

async function loadApplication() {
  const [{ createApp }, { HealthService }, { MetricsService }, { AuditChainService }, { CatalogChangesService }, { PlatformAdminsService }] = await Promise.all([
    import('./app.setup.js'),
    import('./observability/health.service.js'),
    import('./observability/metrics.service.js'),
    import('./modules/audit/hash-chain/audit-chain.service.js'),
    import('./modules/tenants/catalog/catalog-changes.service.js'),
    import('./modules/auth/platform/platform-admins.service.js'),
  ]);
  return { createApp, HealthService, MetricsService, AuditChainService, CatalogChangesService, PlatformAdminsService };
}

interface Start {
  readonly env: Env;
  readonly config: AppConfig;
  readonly database: ResolvedDatabase;
  readonly print: (text: string) => void;
}

async function listen(app: NestFastifyApplication, { port, host }: AppConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw portError(error, port, host);
  }
}

async function serve(
  { env, config, database, print }: Start,
  { createApp, HealthService, MetricsService, AuditChainService, CatalogChangesService, PlatformAdminsService }: Awaited<ReturnType<typeof loadApplication>>,
): Promise<RunningServer> {
  const telemetry = await loadTelemetry(config);
  const { mode, appUrl, platformUrl } = database;
  await assertSafeDatabase(appUrl, { allowUnsafe: env.ALLOW_UNSAFE_DATABASE, platformUrl });
  if (mode === 'external') await assertOwnSessions(database, config.preparedStatements);
  const app = await createApp({ config, urls: new DatabaseUrls(appUrl, platformUrl) });
  try {
    await app.get(CatalogChangesService).applyCatalog(config.catalog);
    await app.init();
    telemetry?.sendMetrics(app.get(MetricsService).registry);
    await listen(app, config);
  } catch (error) {
    await app.close();
    throw error;
  }
  // After the port is open, so that no start that fails has created an operator whose password nobody has seen.
  const admin = await app.get(PlatformAdminsService).createFirstPlatformAdmin(env.PLATFORM_ADMIN_EMAIL, env.PLATFORM_ADMIN_PASSWORD);
  app.get(AuditChainService).catchUp();
  const url = await app.getUrl();
  print(welcome({ url, config, databaseHome: database.home, admin: env.PLATFORM_ADMIN_PASSWORD === undefined ? admin : undefined }));
  const stop = async (): Promise<void> => {
    app.get(HealthService).stop();
    await sleep(env.SHUTDOWN_DELAY * 1000);
    const server = app.getHttpServer();
    const timer = setTimeout(() => server.closeAllConnections(), requestPatience);
    await telemetry?.flushMetrics();
    await app.close();
    clearTimeout(timer);
    await telemetry?.stop();
    await database.stop();
  };
  return { app, url, stop };
}
