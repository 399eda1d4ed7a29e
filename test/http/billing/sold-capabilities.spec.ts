import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { capabilities, isCapability } from '../../../src/config/catalog/capabilities.js';
import { loadCatalog } from '../../../src/config/catalog/catalog-file.js';
import { startTestServer, type TestServer } from '../../support/http.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const shipped = readdirSync('catalogs')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

it.each(shipped)('the catalog %s sells no capability that the server does not implement', async (name) => {
  const { plans, addOns } = loadCatalog(name);
  const routes = new Set((await server.control.routes()).map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`));
  const sold = [...plans.values(), ...addOns.values()].flatMap(({ key, features }) => [...features].filter(isCapability).map((feature) => ({ key, feature })));
  expect(sold.filter(({ feature }) => !routes.has(capabilities[feature].opens))).toEqual([]);
});

it('the server implements the capabilities that its routes require', async () => {
  const routes = await server.control.routes();
  const required = new Set(routes.flatMap(({ gate }) => (gate?.feature === undefined ? [] : [gate.feature])).filter(isCapability));
  const paths = routes.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
  expect([...required].filter((feature) => !paths.includes(capabilities[feature].opens))).toEqual([]);
  expect(required.size).toBeGreaterThan(0);
});
