import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../common/clock.js';
import { AppConfig } from '../config/app-config.js';
import { readAppSecret } from '../config/app-secret.js';
import type { Env } from '../config/env.js';
import { resolveDatabase } from '../database/connect/connections.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';
import { resetLoginRoles } from '../database/doctor/doctor.js';
import { findEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { TenantContext } from '../tenancy/tenant-context.js';

/** No request waits for a command, which may read a whole table. In seconds. */
const patientLimits = { DATABASE_STATEMENT_TIMEOUT: 3600, DATABASE_LOCK_TIMEOUT: 60 } as const;

/**
 * Runs `work` with the application's services on the configured database, without serving HTTP and without running jobs.
 * Uses the embedded database server if it is running, and starts it for the duration otherwise.
 *
 * @param command the name of the command, which the audit log records with its changes
 */
export async function withApplication<Result>(env: Env, command: string, work: (app: NestFastifyApplication) => Promise<Result>): Promise<Result> {
  const logLevel = env.LOG_LEVEL === 'info' ? 'warn' : env.LOG_LEVEL;
  const config = new AppConfig({ ...env, ...patientLimits, JOBS_ENABLED: false, LOG_LEVEL: logLevel }, readAppSecret(env));
  // Load the application while the database starts.
  const loading = import('../app.setup.js');
  loading.catch(() => undefined);
  const running = env.DATABASE_URL === undefined ? findEmbeddedPostgres(env.DATA_DIR) : undefined;
  const database =
    running === undefined
      ? await resolveDatabase({
          databaseUrl: env.DATABASE_URL,
          platformUrl: env.DATABASE_PLATFORM_URL,
          ownerUrl: env.DATABASE_OWNER_URL,
          dataDir: env.DATA_DIR,
          appSecret: config.appSecret,
        })
      : { appUrl: running.app, platformUrl: running.platform, stop: async () => undefined };
  try {
    await resetLoginRoles(database);
    const { createApp } = await loading;
    const app = await createApp({ config, urls: new DatabaseUrls(database.appUrl, database.platformUrl) });
    try {
      await app.get(Clock).current();
      return await app.get(TenantContext).runAsPlatform(`cli ${command}`, () => work(app), { kind: 'operator' });
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
}
