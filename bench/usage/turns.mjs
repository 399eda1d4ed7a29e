// Ways that take turns, and a server process to ask.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { startOptions } from '../servers/processes.mjs';

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
export const ratio = (ones, others) => median(ones.map((one, round) => one / others[round]));
export const say = (value, unit, name) => console.log(`  ${String(Math.round(value)).padStart(7)} ${unit.padEnd(10)} ${name}`);

const shuffled = (list) =>
  list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

/** Calls a second of each way; in each round all of them, in a drawn order. */
export async function takeTurns(ways, { rounds, milliseconds, callers }) {
  const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (const way of Object.values(ways)) await measure(way, callers, milliseconds * 2);
  for (let round = 0; round < rounds; round += 1) for (const name of shuffled(Object.keys(ways))) results[name].push(await measure(ways[name], callers, milliseconds));
  return results;
}

async function measure(way, callers, milliseconds) {
  let calls = 0;
  const start = performance.now();
  const caller = async (number) => {
    for (; performance.now() - start < milliseconds; calls += 1) await way(number);
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return (calls / (performance.now() - start)) * 1000;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A server as a process of its own, with an organization and its owner. `metered`: whether the catalog counts requests; `settings`: further environment variables. */
export async function startServer({ urls, folder }, name, metered, settings = {}) {
  const catalog = path.join(folder, `${name}.yaml`);
  const text = await readFile(new URL('../usage-catalog.yaml', import.meta.url), 'utf8');
  await writeFile(catalog, metered ? text : text.replace(/\n {2}calls: .*/, '').replace(', calls: unlimited', ''));
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, PORT: String(port), NODE_ENV: 'test', LOG_LEVEL: 'silent', APP_SECRET: 'the secret of a benchmark, long enough to be one', CATALOG: catalog };
  const addresses = { DATABASE_URL: urls.app, DATABASE_PLATFORM_URL: urls.platform, RATE_LIMITS_ENABLED: 'false', JOBS_ENABLED: 'false' };
  const child = spawn(process.execPath, [...startOptions, 'dist/main.js'], { env: { ...env, ...addresses, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('is ready') && resolve());
    child.on('exit', () => reject(new Error('the server did not start')));
  });
  const base = `http://127.0.0.1:${port}/api/v1`;
  const signUp = { email: `${name}@example.com`, password: 'correct horse battery staple', name: 'Ben', organization: { name } };
  const { accessToken, organization } = await answerOf(
    await fetch(`${base}/auth/signup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(signUp) }),
  );
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const stop = async () => {
    child.removeAllListeners('exit');
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { base, headers, organizationId: organization.id, pid: child.pid, stop };
}

export async function answerOf(response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
