// Measures the processor time of a request with each signal of telemetry, next to that without, in turns in one run.
import './needs-example.mjs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, npmScript, positive } from '../scripts/arguments.mjs';
import { startClient } from './load/start-client.mjs';
import { cpuOf } from './measure/cpu.mjs';
import { newLimitKeys, signIn } from './seed/callers.mjs';
import { seed, sets } from './seed/data.mjs';
import { startDatabase } from './seed/database.mjs';
import { freePort, leaveServerCore, startOptions, startServer } from './servers/processes.mjs';
import { appUrl, secret } from './servers/systems.mjs';

const {
  node,
  rounds,
  seconds,
  callers: concurrency,
  only,
} = npmScript('bench:telemetry', 'Measures the processor time of a request with each signal of telemetry.')
  .option('--node <file>', 'the Node.js that runs the servers', process.execPath)
  .option('--rounds <n>', 'rounds of all variants', count, 10)
  .option('--seconds <n>', 'length of a slice', positive, 1)
  .option('--callers <n>', 'requests at the same time', count, 16)
  .option('--only <operation>', 'the operation that is measured', 'current organization')
  .parse()
  .opts();

const tenPercent = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
const without = (...signals) => Object.fromEntries(signals.map((signal) => [`OTEL_${signal}_EXPORTER`, 'none']));
const configurations = {
  off: { OTEL_SDK_DISABLED: 'true' },
  'traces of 10 %': { ...tenPercent, ...without('METRICS', 'LOGS') },
  'records of the log': without('TRACES', 'METRICS'),
  metrics: without('TRACES', 'LOGS'),
  'all three, traces of 10 %': tenPercent,
  'all three, all traces': {},
};

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
/** A collector that accepts everything, on the core of this process. */
const collector = createServer((request, response) => request.resume().on('end', () => response.writeHead(200).end())).listen(0, '127.0.0.1');
await once(collector, 'listening');

leaveServerCore();
const database = await startDatabase(undefined);
const servers = [];
try {
  await seed(database, ['tenantry'], 'small');
  for (const [index, [name, settings]] of Object.entries(configurations).entries()) {
    const [folder, port] = [await mkdtemp(path.join(tmpdir(), 'telemetry-')), await freePort()];
    const { app, platform } = database.urls.tenantry;
    const env = {
      NODE_ENV: 'production',
      PORT: String(port),
      APP_URL: appUrl,
      APP_SECRET: secret,
      DATABASE_URL: app,
      DATABASE_PLATFORM_URL: platform,
      DATA_DIR: folder,
      CATALOG: file('servers/catalog.yaml'),
      PLATFORM_ADMIN_PASSWORD: 'correct horse battery staple',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
      ...settings,
    };
    const server = await startServer({ name: `server${index}`, node, args: [...startOptions, file('../dist/main.js')], env, folder, port, ready: '/health/ready' });
    servers.push({ ...server, name, times: [] });
  }
  const set = sets.small;
  const callers = await signIn({ database, set, count: concurrency, servers: [{ name: 'tenantry' }], limitKeys: await newLimitKeys() });
  const client = startClient();
  await client.ask('callers', { callers, set });
  const load = ({ port }) => ({ system: 'tenantry', operation: only, port, concurrency });
  for (const server of servers) {
    await client.ask('prove', load(server));
    await client.ask('load', { ...load(server), requests: 3000 });
  }
  for (let round = 0; round < rounds; round += 1)
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      await client.ask('load', { ...load(server), seconds: 0.2 });
      const before = cpuOf(server.pid);
      const { requests, failures, failure } = await client.ask('load', { ...load(server), seconds });
      if (failures > 0) throw new Error(`${server.name}: ${failure}`);
      server.times.push((cpuOf(server.pid) - before) / requests);
    }
  client.stop();
  const quartile = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 4)];
  const base = quartile(servers[0].times);
  console.log(`${only}: processor time of the server for a request, lower quartile of ${rounds} rounds`);
  for (const { name, times } of servers) console.log(`${name.padEnd(26)} ${quartile(times).toFixed(0).padStart(5)} µs  ${(quartile(times) / base).toFixed(2)}`);
} finally {
  for (const server of servers) await server.stop();
  await database.stop();
  collector.closeAllConnections();
  collector.close();
}
