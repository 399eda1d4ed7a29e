// npm run test:server keeps a database and a test host running; npm run test:one -- <file> runs one spec file against them.
import { mkdir, rm, watch, writeFile } from 'node:fs/promises';
import { npmScript } from '../../scripts/arguments.mjs';
import { startHost } from './native/start-host.mjs';
import globalSetup from './global-setup.mjs';
import globalTeardown from './global-teardown.mjs';

npmScript('test:server', 'Keeps a database and a test host running, for npm run test:one.').parse();

const stateFile = '.data/test-server.json';

async function serve() {
  const { port, stop } = await startHost();
  const { TENANTRY_TEST_DATABASES, TENANTRY_TEST_ADMIN } = process.env;
  await writeFile(stateFile, JSON.stringify({ TENANTRY_TEST_DATABASES, TENANTRY_TEST_ADMIN, TENANTRY_TEST_HOST: String(port) }));
  console.log('ready: npm run test:one -- test/http/teams.spec.ts');
  return stop;
}

await mkdir('.data', { recursive: true });
await globalSetup({ maxWorkers: 1 });
let stop = await serve();

async function end() {
  await rm(stateFile, { force: true });
  stop();
  await globalTeardown();
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end());

let restart;
for await (const { filename } of watch('dist', { recursive: true })) {
  if (!filename?.endsWith('.js')) continue;
  clearTimeout(restart);
  restart = setTimeout(() => {
    stop();
    void serve().then((next) => (stop = next));
  }, 500);
}
