import { writeFile } from 'node:fs/promises';
import { RouteAudit } from '../access/route-audit.js';
import { createApp } from '../app.setup.js';
import { AppConfig } from '../config/app-config.js';
import { loadEnv } from '../config/env.js';
import { DatabaseUrls } from '../database/connect/database-urls.js';
import { createDocument } from '../contract/openapi-document.js';

/** Placeholder URLs. The document and the access rules are read from the controllers, so nothing connects to a database. */
const nowhere = new DatabaseUrls('postgresql://nowhere.invalid/app', 'postgresql://nowhere.invalid/platform');

/** Writes the OpenAPI document and the list of routes with their access rules. */
export async function writeOpenApiFiles(document: string, routes: string): Promise<void> {
  const app = await createApp({ config: new AppConfig(loadEnv({ LOG_LEVEL: 'silent' }), 'placeholder for the OpenAPI document; encrypts nothing'), urls: nowhere });
  await writeFile(document, `${JSON.stringify(createDocument(app), null, 2)}\n`);
  await writeFile(routes, app.get(RouteAudit).snapshot());
  await app.close();
}
