import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCatalog } from '../../src/config/catalog/catalog-file.js';
import { CatalogChangesService } from '../../src/modules/tenants/catalog/catalog-changes.service.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { catalogFile } from '../support/catalogs.js';
import { runJob } from '../support/jobs.js';
import { itInLongRun } from '../support/rounds.js';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantImportService } from '../../src/modules/tenants/archive/tenant-import.service.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { PlatformGrantsService } from '../../src/modules/usage/grants/platform-grants.service.js';
import { MeterDecimalsService } from '../../src/modules/usage/metering/meter-decimals.service.js';

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

const withoutHours = (source: string): string => source.replace(/^ {2}hours:.*\n/m, '').replaceAll(/hours: [\d.]+, /g, '');

it('quantities of a meter keep their decimals where the catalog does not have it, or not yet', async () => {
  const owner = await server.world.owner();
  const { organizationId } = owner;
  await server.app.get(PlatformGrantsService).createGrant(organizationId, { meter: 'hours', amount: 2.5, source: 'given', reason: 'x' });
  const { body: reservation } = await owner.api.post('/usage/reservations', { meter: 'hours', quantity: 2.75 });
  expect((await owner.api.post('/usage/events', { events: [{ id: 'a', meter: 'hours', quantity: 1.25 }] })).body).toMatchObject({ accepted: 1 });
  const other = await startTestServer({ CATALOG: await catalogFile(withoutHours(text)), JOBS_ENABLED: 'false' }, database);
  try {
    const api = other.api.as(owner.accessToken);
    expect((await api.get('/tenant/limits')).body.data.map(({ meter }: { meter: string }) => meter)).not.toContain('hours');
    expect((await api.get(`${owner.home}/grants`)).body.data).toMatchObject([{ meter: 'hours', amount: 2.5, burnt: 0 }]);
    expect((await api.get(`/usage/reservations/${reservation.id}`)).body).toMatchObject({ quantity: 2.75, committed: null });
    for (const format of ['csv', 'ndjson'])
      expect((await api.get(`${owner.home}/usage/export?what=events&format=${format}`)).text).toMatch(format === 'csv' ? /^a,hours,1\.25,/m : /"quantity":1\.25/);
    expect(await other.app.get(MeterDecimalsService).readDecimals()).toEqual(await server.app.get(MeterDecimalsService).readDecimals());
    const later = new Date(Date.now() + 32 * 24 * 3600 * 1000);
    expect(await runJob(other.app, 'usage-close', later)).toMatchObject({ outcome: 'done' });
    const [closed] = await other.app.get(PlatformDb).domainEvent.findMany({ where: { organizationId, type: 'usage.period_closed' } });
    expect(closed?.data).toMatchObject({ meters: expect.arrayContaining([expect.objectContaining({ meter: 'hours', used: 1.25 })]) });
  } finally {
    await other.close();
  }
  await changes.applyCatalog(catalog());
});

itInLongRun('an archive with quantities of a meter is refused where nobody knows the decimals of the meter', async () => {
  const owner = await server.world.owner();
  expect((await owner.api.post('/usage/events', { events: [{ id: 'a', meter: 'hours', quantity: 1.25 }] })).body).toMatchObject({ accepted: 1 });
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-decimals-'));
  const archive = path.join(folder, 'tenant.zip');
  await server.app.get(TenantExportService).exportTenant(owner.organizationId, archive);
  const elsewhere = await scratchDatabase();
  const other = await startTestServer({ CATALOG: await catalogFile(withoutHours(text)), JOBS_ENABLED: 'false' }, elsewhere);
  try {
    await expect(other.app.get(TenantImportService).importTenant(archive)).rejects.toThrow(
      /other decimals for: decimals of the meter "hours" \(2 when it was used, 0 in the catalog\)/,
    );
  } finally {
    await other.close();
    await elsewhere.drop();
    await rm(folder, { recursive: true });
  }
});
