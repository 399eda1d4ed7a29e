// Measures the constants of docs/scaling.md: what a request costs, and what partitions by month would bring to the largest tables.
import './needs-example.mjs';
import 'reflect-metadata';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { data, only, rounds } from './growth/options.mjs';
import { measurePartitions } from './growth/partitions.mjs';
import { measureRedis, measureRequests } from './growth/requests.mjs';

const folder = data === undefined ? await mkdtemp(path.join(tmpdir(), 'tenantry-bench-')) : path.resolve(data);
await mkdir(folder, { recursive: true });
await chmod(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: folder, durable: true });
try {
  await migrate(server.urls.owner);
  const client = new pg.Client({ connectionString: server.superuserUrl.replace(/\/[^/]*$/, '/tenantry') });
  await client.connect();
  console.log(`${cpus().length} × ${cpus()[0].model}`);
  for (const name of only) {
    if (name === 'requests') await measureRequests({ client, urls: server.urls, home: server.home, folder, rounds });
    else if (name === 'redis') await measureRedis({ urls: server.urls, folder, rounds });
    else await measurePartitions(client, name);
  }
  await client.end();
} finally {
  await server.stop();
  if (data === undefined) await rm(folder, { recursive: true, force: true });
}
