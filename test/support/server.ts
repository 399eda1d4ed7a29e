import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppOptions } from '../../src/app.module.js';
import { createApp } from '../../src/app.setup.js';
import { AppConfig } from '../../src/config/app-config.js';
import { loadEnv } from '../../src/config/env.js';
import { DatabaseUrls } from '../../src/database/connect/database-urls.js';
import { addPerson } from '../control/people.js';
import { leaveJobsToTests } from '../control/unscheduled-jobs.js';
import { Client } from './client.js';
import { Mailbox } from './mailbox.js';
import { testDatabase } from './database.js';
import { testSecret } from './secret.js';
import { World } from './world.js';

/** A real server on a real port, with its database, its mailbox, and a world of users to play with. */
export interface TestServer {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly config: AppConfig;
  readonly api: Client;
  readonly mailbox: Mailbox;
  readonly world: World;
  close(): Promise<void>;
}

/**
 * @param database another than that of this Jest worker
 * @param options another clock, or further modules
 */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  database = testDatabase(),
  options: Pick<AppOptions, 'clock' | 'modules'> = {},
): Promise<TestServer> {
  const mailbox = await Mailbox.open();
  const { app: appUrl, platform } = database;
  const loaded = loadEnv({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    APP_URL: 'https://app.tenantry.test',
    SMTP_URL: mailbox.url,
    DATABASE_POOL_SIZE: '5',
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    ...env,
  });
  const config = new AppConfig(loaded, testSecret);
  const app = await createApp({ config, urls: new DatabaseUrls(appUrl, platform), ...options });
  leaveJobsToTests(app, env);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const api = new Client(url);
  const close = async (): Promise<void> => {
    await app.close();
    await mailbox.close();
  };
  return { app, url, config, api, mailbox, world: new World(api, mailbox, (person) => addPerson(app, person)), close };
}
