// Measures all operations of all systems in turns: in each round every operation, in random order, and for each operation
// every system, in random order.
import { backendsOf } from '../seed/database.mjs';
import { operations } from '../load/operations.mjs';
import { addedTime, cpuOf, cpuOfAll, memoryOf } from './cpu.mjs';
import { countStatements } from './statements.mjs';

const leadIn = 0.3;
/** The requests by which statements are counted. */
const counted = 96;

export const shuffled = (list) =>
  list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

const has = (operation, system) => operations[operation].requests[system] !== undefined;

/** One measurement of one operation of one system. */
async function measure(bench, operation, server, seconds) {
  const { client, maintenance, options } = bench;
  const system = server.name;
  const load = { system, operation, port: server.port, concurrency: options.callers, spread: options.spread };
  await client.ask('load', { ...load, seconds: leadIn });
  const backends = cpuOfAll(await backendsOf(maintenance, system));
  const cpu = cpuOf(server.pid);
  const result = await client.ask('load', { ...load, seconds });
  const serverTime = cpuOf(server.pid) - cpu;
  const databaseTime = addedTime(backends, cpuOfAll(await backendsOf(maintenance, system)));
  return { ...result, serverMicros: serverTime / result.requests, databaseMicros: databaseTime / result.requests, memory: memoryOf(server.pid) };
}

/** Deletes the rows that an operation has added. */
async function clean({ superusers }, operation, system) {
  const statement = operations[operation].clean?.[system];
  if (statement !== undefined) await superusers[system].query(statement);
}

async function countAll(bench, names, progress) {
  const statements = {};
  for (const operation of names) {
    for (const server of bench.servers.filter(({ name }) => has(operation, name))) {
      const requests = operations[operation].callers === undefined ? counted : counted / 8;
      const work = () =>
        bench.client.ask('load', { system: server.name, operation, port: server.port, concurrency: bench.options.callers, spread: bench.options.spread, requests });
      progress(`counting the statements of ${operation}, ${server.name}`);
      const count = await countStatements({ superuser: bench.maintenance, database: bench.database, system: server.name }, work);
      (statements[operation] ??= {})[server.name] = count / requests;
      await clean(bench, operation, server.name);
    }
  }
  return statements;
}

/**
 * Runs the rounds. @returns for each operation and system the results of each round, and the statements a request
 * @throws when an answer is wrong
 */
export async function runRounds(bench, progress) {
  const { options, servers, client } = bench;
  const names = options.operations;
  for (const operation of names)
    for (const server of servers.filter(({ name }) => has(operation, name))) await client.ask('prove', { system: server.name, operation, port: server.port });
  // Also warms everything that is counted or measured later.
  const statements = await countAll(bench, names, progress);
  const results = Object.fromEntries(names.map((operation) => [operation, Object.fromEntries(servers.filter(({ name }) => has(operation, name)).map(({ name }) => [name, []]))]));
  for (let round = 1; round <= options.rounds; round += 1) {
    progress(`round ${round} of ${options.rounds}`);
    for (const operation of shuffled(names)) {
      for (const server of shuffled(servers.filter(({ name }) => has(operation, name)))) {
        // A login takes long: a slice must contain many.
        const seconds = operations[operation].callers === undefined ? options.seconds : Math.max(options.seconds, 3);
        results[operation][server.name].push(await measure(bench, operation, server, seconds));
        await clean(bench, operation, server.name);
      }
    }
  }
  return { results, statements };
}
