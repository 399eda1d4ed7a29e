// Measures the cost of metering: durable ingestion compared with a plain INSERT, requests with and without metering, and
// closing a month compared with a loop over organizations. Prints medians and ratios of ways that alternate.
//   npm run bench:usage [-- --only ingestion,requests,closing --rounds 15 --organizations 100000 --assert]
import './needs-example.mjs';
import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { measureClosing } from './usage/closing.mjs';
import { measureIngestion } from './usage/ingestion.mjs';
import { measureRequests } from './usage/requests.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'ingestion,requests,closing' },
    rounds: { type: 'string', default: '15' },
    organizations: { type: 'string', default: '100000' },
    assert: { type: 'boolean', default: false },
  },
});
const ways = { ingestion: measureIngestion, requests: measureRequests, closing: measureClosing };

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
    rounds: Number(values.rounds),
    organizations: Number(values.organizations),
  };
  for (const name of values.only.split(',')) goals.push(...(await ways[name](bench)));
  console.log('');
  for (const { name, value, reach } of goals)
    console.log(`  ${value.toFixed(2).padStart(7)}  ${name}${reach === undefined ? '' : `    (target: ${reach}) ${value >= reach ? 'met' : 'MISSED'}`}`);
  if (values.assert && goals.some(({ value, reach }) => reach !== undefined && value < reach)) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
