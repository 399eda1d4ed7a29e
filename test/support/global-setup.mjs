// One PostgreSQL for the whole run: an embedded one, or the server at DATABASE_URL. It is migrated once, into a
// template; each worker gets two clones, one for the test host and one for the project `inside`. Jest runs this without
// its transforms, so it uses the built application (`pretest`).
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { compileControl } from './native/test-control.mjs';

const template = 'tenantry_template';

/** The same server and role, another database. */
export function inDatabase(url, name) {
  const target = new URL(url);
  target.pathname = `/${name}`;
  return target.href;
}

export async function administer(url, ...statements) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The time zone of the databases' sessions, as CI sets it (.ci/run). The application's own sessions are in UTC nevertheless. */
const { PGTZ: zone } = process.env;

/** The time, process, database and application of each line of the log. */
const logPrefix = '%m [%p] %d/%a ';
/** The application that ends in a deadlock on purpose. */
const onPurpose = '/deadlock ERROR:';

/** Returns what the log of the embedded server says of each deadlock: which processes waited for each other, and with which statements. */
async function findDeadlocks(dataDir) {
  const lines = (await readFile(path.join(dataDir, 'postgres', 'server.log'), 'utf8')).split(/\n(?=\d{4}-\d\d-\d\d )/);
  const detected = lines.flatMap((line, at) => (line.includes('ERROR:  deadlock detected') && !line.includes(onPurpose) ? [at] : []));
  return detected.map((at) => {
    const [process] = /\[\d+\]/.exec(lines[at]) ?? [];
    return lines
      .slice(at, at + 20)
      .filter((line, later) => line.includes(process) && (later === 0 || /(DETAIL|CONTEXT|STATEMENT): /.test(line)))
      .slice(0, 4)
      .join('\n');
  });
}

async function embedded(count) {
  const [{ startEmbeddedPostgres }, { migrate }] = await Promise.all([
    import('../../dist/database/embedded/embedded-postgres.js'),
    import('../../dist/database/migrations/migrate.js'),
  ]);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-test-'));
  // As root the server runs as another user, who must be able to enter its folder.
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, durable: false, database: template });
  // A statement is planned once for each connection, not five times before: most connections of tests are short-lived.
  const settings = ['plan_cache_mode = force_generic_plan', `log_line_prefix = '${logPrefix}'`, ...(zone ? [`timezone = ${pg.escapeLiteral(zone)}`] : [])];
  await administer(server.superuserUrl, ...settings.map((setting) => `alter system set ${setting}`), 'select pg_reload_conf()');
  await migrate(server.urls.owner);
  const databases = [];
  for (let worker = 1; worker <= count; worker += 1) {
    const name = `tenantry_test_${worker}`;
    await administer(server.superuserUrl, `create database ${name} template ${template} owner tenantry_owner`);
    databases.push({ owner: inDatabase(server.urls.owner, name), app: inDatabase(server.urls.app, name), platform: inDatabase(server.urls.platform, name) });
  }
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { databases, superuserUrl: server.superuserUrl, deadlocks: () => findDeadlocks(dataDir), stop };
}

/** DATABASE_URL must be of a role that may create databases and roles. The databases made here are dropped again. */
async function external(url, count) {
  const { resolveDatabase } = await import('../../dist/database/connect/connections.js');
  const run = randomBytes(3).toString('hex');
  const databases = [];
  const names = [];
  for (let worker = 1; worker <= count; worker += 1) {
    const name = `tenantry_test_${run}_${worker}`;
    await administer(url, `create database ${name}`, ...(zone ? [`alter database ${name} set timezone = ${pg.escapeLiteral(zone)}`] : []));
    names.push(name);
    const owner = inDatabase(url, name);
    const { appUrl, platformUrl } = await resolveDatabase({ databaseUrl: owner, dataDir: '.data', appSecret: `the secret of test run ${run}, long enough` });
    databases.push({ owner, app: appUrl, platform: platformUrl });
  }
  const stop = async () => {
    await administer(
      url,
      ...names.map((name) => `drop database ${name} with (force)`),
      ...names.flatMap((name) => [`drop role if exists ${name}_app_login`, `drop role if exists ${name}_platform_login`]),
    );
  };
  // The log of this server is not here to be read.
  return { databases, superuserUrl: url, deadlocks: async () => [], stop };
}

/** The databases of `npm run test:server` know the jobs of earlier runs. A file that ran before runs its jobs for the same periods again. */
async function forgetJobs(databases) {
  await Promise.all(databases.map(({ platform }) => administer(platform, 'delete from job_runs')));
}

export default async function globalSetup({ maxWorkers }) {
  await compileControl();
  const running = process.env['TENANTRY_TEST_DATABASES'];
  if (running !== undefined) return await forgetJobs(JSON.parse(running));
  const url = process.env['DATABASE_URL'];
  const server = url ? await external(url, 2 * maxWorkers) : await embedded(2 * maxWorkers);
  globalThis.__TENANTRY_TEST_SERVER__ = server;
  process.env['TENANTRY_TEST_DATABASES'] = JSON.stringify(server.databases);
  process.env['TENANTRY_TEST_ADMIN'] = JSON.stringify({ url: server.superuserUrl, template: url ? undefined : template });
}
