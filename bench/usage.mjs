// Measures the cost of metering: durable ingestion compared with a plain INSERT, requests with and without metering, and
// closing a month compared with a loop over organizations. Prints medians and ratios of ways that alternate.
import './needs-example.mjs';
import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { count, namesAmong, npmScript } from '../scripts/arguments.mjs';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { measureClosing } from './usage/closing.mjs';
import { measureIngestion } from './usage/ingestion.mjs';
import { measureRequests } from './usage/requests.mjs';

const ways = { ingestion: measureIngestion, requests: measureRequests, closing: measureClosing };
const { only, rounds, organizations, assert } = npmScript('bench:usage', 'Measures the cost of metering.')
  .option('--only <list>', `some of ${Object.keys(ways).join(',')}`, namesAmong(Object.keys(ways)), Object.keys(ways))
  .option('--rounds <n>', 'rounds of all variants', count, 15)
  .option('--organizations <n>', 'organizations whose month is closed', count, 100_000)
  .option('--assert', 'fails if a target is missed')
  .parse()
  .opts();

const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-'));
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: folder, durable: true });
try {
  await migrate(server.urls.owner);
  const goals = [];
  const bench = {
    urls: server.urls,
    superuserUrl: server.superuserUrl.replace(/\/[^/]*$/, '/tenantry'),
    folder,
    rounds,
    organizations,
  };
  for (const name of only) goals.push(...(await ways[name](bench)));
  console.log('');
  for (const { name, value, reach } of goals)
    console.log(`  ${value.toFixed(2).padStart(7)}  ${name}${reach === undefined ? '' : `    (target: ${reach}) ${value >= reach ? 'met' : 'MISSED'}`}`);
  if (assert === true && goals.some(({ value, reach }) => reach !== undefined && value < reach)) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
