import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseCatalog } from '../../src/config/catalog/catalog-file.js';
import { CatalogChangesService } from '../../src/modules/tenants/catalog/catalog-changes.service.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

let database: ScratchDatabase;
let server: TestServer;
let changes: CatalogChangesService;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ CATALOG: 'test/catalogs/readings.yaml', JOBS_ENABLED: 'false' }, database);
  changes = server.app.get(CatalogChangesService);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

const text = readFileSync('test/catalogs/readings.yaml', 'utf8');
const catalog = (change: (source: string) => string = (source) => source): ReturnType<typeof parseCatalog> => parseCatalog(change(text), 'catalog.yaml');
const withoutDisk = (source: string): string =>
  source
    .replace(/^ {2}disk:.*\n/m, '')
    .replaceAll(/disk: [\d.]+, /g, '')
    .replace(/^addOns:\n.*\n/m, '');
const hundredths = (source: string): string => source.replace('decimals: 3', 'decimals: 2').replace('disk: 3.125', 'disk: 3.12');

it('a catalog cannot change the decimals of a meter that an organization uses, even if another catalog was used in between', async () => {
  await changes.applyCatalog(catalog(hundredths));
  await changes.applyCatalog(catalog());
  const owner = await server.world.owner();
  expect((await owner.api.post('/usage/consume', { meter: 'disk', quantity: 0.125 })).status).toBe(200);
  const refusal = /decimals of the meter "disk" \(3 when it was used, 2 in the catalog\)/;
  await expect(changes.applyCatalog(catalog(hundredths))).rejects.toThrow(refusal);
  expect((await changes.checkCatalog(catalog(hundredths))).orphans).toEqual([expect.stringMatching(refusal)]);
  await changes.applyCatalog(catalog(withoutDisk));
  await expect(changes.applyCatalog(catalog(hundredths))).rejects.toThrow(refusal);
  await changes.applyCatalog(catalog());
});
