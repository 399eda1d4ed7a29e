// Starts the database, the servers and the client, signs callers in, and stops everything at the end.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startClient } from './load/start-client.mjs';
import { newLimitKeys, signIn } from './seed/callers.mjs';
import { seed, sets } from './seed/data.mjs';
import { connectSuperuser, startDatabase } from './seed/database.mjs';
import { leaveServerCore } from './servers/processes.mjs';
import { startSystem } from './servers/systems.mjs';

/** With --spread, callers of this many organizations at most: twice the number of tokens that tenantry remembers. */
const mostSpread = 40_000;

/** @param work gets everything that a measurement needs */
export async function withBench(options, work) {
  if (options.systems.includes('better-auth') && !existsSync(new URL('node_modules/better-auth', import.meta.url)))
    throw new Error('The dependencies of the benchmark are not installed. Run: npm ci --prefix bench');
  leaveServerCore();
  const endings = [];
  const atEnd = (end) => endings.unshift(end);
  const interrupted = () => void end().finally(() => process.exit(1));
  const end = async () => {
    for (const each of endings.splice(0)) await each();
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await work(await start(options, atEnd));
  } finally {
    await end();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

async function start(options, atEnd) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-bench-logs-'));
  atEnd(async () => {
    if (process.exitCode === 1) console.error(`The logs of the servers are in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  });
  const database = await startDatabase(options.data);
  atEnd(() => database.stop());
  const seconds = await seed(database, options.systems, options.set);
  for (const [system, time] of Object.entries(seconds)) console.log(`seeded the ${options.set} set of ${system} in ${time.toFixed(1)} s`);

  const limitKeys = await newLimitKeys();
  const servers = [];
  for (const name of options.systems) {
    const server = await startSystem(name, { node: options.node.path, folder, urls: database.urls, limitKeys, profiled: options.mode === 'profile' });
    atEnd(() => server.stop());
    servers.push(server);
  }
  const set = sets[options.set];
  const count = options.spread ? Math.min(set.organizations, mostSpread) : Math.min(set.organizations, options.callers);
  const callers = await signIn({ database, set, count, servers, limitKeys });
  const client = startClient();
  atEnd(() => client.stop());
  await client.ask('callers', { callers, set });

  // Not in the database of a system, whose statements are counted.
  const maintenance = await connectSuperuser(database);
  atEnd(() => maintenance.end());
  const superusers = {};
  for (const name of options.systems) {
    superusers[name] = await connectSuperuser(database, name);
    atEnd(() => superusers[name].end());
    // Rows that operations add are deleted without triggers.
    await superusers[name].query(`set session_replication_role = replica`);
  }
  return { options, database, servers, client, maintenance, superusers };
}
