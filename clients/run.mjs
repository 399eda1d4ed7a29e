// Generates clients from openapi.json, compiles them strictly, and runs one session through two of them against a server. Python reads the answers of the sessions.
// `npm run test:clients` builds the server first, and starts this in its folder.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { document, generate } from './generate.mjs';

const operations = Object.entries(document.paths).flatMap(([route, item]) => Object.entries(item).map(([method, operation]) => ({ route, method, operation })));

async function timed(title, work) {
  const started = performance.now();
  const outcome = await work();
  console.log(`${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return outcome;
}

const linesOf = (file) => readFileSync(file, 'utf8').split('\n').length;

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** Starts the built server with an embedded database in a folder of its own, and stops it after the work. */
async function withServer(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenantry-clients-'));
  // As root, the database runs as another user, who must be able to enter its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', LOG_LEVEL: 'error', PORT: String(port), DATA_DIR: folder };
  const server = spawn(process.execPath, ['dist/main.js'], { cwd: '..', env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(server, 'close');
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk));
  try {
    while (!output.includes('is ready') && server.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    if (server.exitCode !== null) throw new Error(`The server did not start:\n${output}`);
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.kill('SIGTERM');
    await closed;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The name of the schema of an answer, unless it has several or none. */
function schemaOf(method, pathname, status) {
  const { operation } = operations.find((each) => each.method === method.toLowerCase() && new RegExp(`^${each.route.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname)) ?? {};
  const answer = operation?.responses[status] ?? operation?.responses.default;
  const resolved = answer?.$ref === undefined ? answer : document.components.responses[answer.$ref.split('/').at(-1)];
  return resolved?.content?.['application/json']?.schema.$ref?.split('/').at(-1);
}

/** Runs a session, and keeps its answers with the names of their schemas. */
async function runSession(generator, baseUrl, answers) {
  const { outputFiles } = await build({
    entryPoints: [`sessions/${generator}.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  writeFileSync(`generated/${generator}.session.mjs`, outputFiles[0].text);
  const { session } = await import(`./generated/${generator}.session.mjs`);
  let requests = 0;
  const results = await session(baseUrl, async (request) => {
    const response = await fetch(request);
    requests += 1;
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('application/json')) {
      const schema = schemaOf(request.method, new URL(request.url).pathname, response.status);
      if (schema !== undefined) answers.push({ schema, body: await response.clone().json() });
    }
    return response;
  });
  const { organizationId, memberOf, meters, members, ...others } = results;
  assert.equal(memberOf, organizationId);
  assert.ok(meters > 0);
  assert.deepEqual(members.toSorted(), [`ada@${generator}.example`, `grace@${generator}.example`]);
  assert.deepEqual(others, { weeklyReports: true, staleUpdate: 'version_conflict', plan: 'free', invoices: 0, refusal: 'access_denied' });
  return requests;
}

await timed(`${operations.length} operations and ${Object.keys(document.components.schemas).length} schemas are generated`, generate);
for (const file of ['openapi-typescript.ts', 'hey-api/sdk.gen.ts', 'hey-api/types.gen.ts', 'orval.ts', 'models.py'])
  console.log(`  ${file}: ${linesOf(`generated/${file}`)} lines`);
await timed('openapi-typescript, hey-api, orval, the sessions and the comparison with the SDK compile', () =>
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' }),
);
const answers = [];
await timed('a session runs through openapi-fetch and hey-api', () =>
  withServer(async (url) => {
    for (const generator of ['openapi-fetch', 'hey-api']) console.log(`  ${generator}: ${await runSession(generator, url, answers)} requests`);
  }),
);
writeFileSync('generated/answers.json', JSON.stringify(answers));
if (spawnSync('python3', ['--version']).status === 0) {
  await timed(`quicktype's Python compiles, and reads and writes ${answers.length} answers of the sessions`, () =>
    execFileSync('python3', ['python/read_answers.py'], { stdio: 'inherit', env: { ...process.env, PYTHONPATH: 'generated:python', PYTHONDONTWRITEBYTECODE: '1' } }),
  );
} else console.log("python3 is not installed: quicktype's Python is not run");
