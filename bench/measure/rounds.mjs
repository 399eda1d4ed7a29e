// Measures all operations of all systems in turns: in each round every operation, in random order, and for each operation
// every system, in random order.
import { backendsOf } from '../seed/database.mjs';
import { operations } from '../load/operations.mjs';
import { median } from '../report/summary.mjs';
import { addedTime, cpuOf, cpuOfAll, memoryOf } from './cpu.mjs';
import { countStatements } from './statements.mjs';

const leadIn = 0.3;
/** The requests with which the statements of an operation are counted. */
const fewRequests = (operation) => (operations[operation].callers === undefined ? 96 : 12);

export const shuffled = (list) =>
  list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

const has = (operation, system) => operations[operation].requests[system] !== undefined;

/** The requests after which V8 has compiled and optimized most of what an operation runs. Hashing takes nearly all of a login. */
const warmingRequests = (operation) => (operations[operation].callers === undefined ? 1500 : 12);

/** Checks the answer of an operation, and lets the server compile the code of the operation. */
async function warm(bench, operation, server) {
  const { client, options } = bench;
  const load = { system: server.name, operation, port: server.port, concurrency: options.callers, spread: options.spread };
  await client.ask('prove', load);
  await client.ask('load', { ...load, requests: warmingRequests(operation) });
  await clean(bench, operation, server.name);
}

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
async function clean({ superusers, options }, operation, system) {
  const { clean, cleansOnlySmall = false } = operations[operation];
  if (clean?.[system] !== undefined && !(cleansOnlySmall && options.set === 'large')) await superusers[system].query(clean[system]);
}

async function countAll(bench, names, progress) {
  const statements = {};
  for (const operation of names) {
    for (const server of bench.servers.filter(({ name }) => has(operation, name))) {
      const requests = fewRequests(operation);
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

/** Measures each operation once at 70 % of its median speed: there, latencies show delays that the server causes, not its queue. */
async function measurePaced(bench, options, results) {
  const paced = {};
  for (const [operation, systems] of Object.entries(results)) {
    for (const server of bench.servers.filter(({ name }) => systems[name] !== undefined)) {
      const pace = 0.7 * median(systems[server.name].map(({ perSecond }) => perSecond));
      const load = { system: server.name, operation, port: server.port, concurrency: options.callers, spread: options.spread };
      (paced[operation] ??= {})[server.name] = await bench.client.ask('load', { ...load, seconds: secondsOf(operation, options), pace });
      await clean(bench, operation, server.name);
    }
  }
  return paced;
}

/** A login takes long: a slice must contain many. */
const secondsOf = (operation, { seconds }) => (operations[operation].callers === undefined ? seconds : Math.max(seconds, 3));

/**
 * Runs the rounds of the operations in `options`. @returns for each operation and system the results of each round, the statements a request,
 * and the result at 70 % of the speed
 * @throws when an answer is wrong
 */
export async function runRounds(bench, options, progress) {
  const { servers } = bench;
  const names = options.operations;
  for (const operation of names) for (const server of servers.filter(({ name }) => has(operation, name))) await warm(bench, operation, server);
  const statements = options.mode === 'check' ? {} : await countAll(bench, names, progress);
  const results = Object.fromEntries(names.map((operation) => [operation, Object.fromEntries(servers.filter(({ name }) => has(operation, name)).map(({ name }) => [name, []]))]));
  for (let round = 1; round <= options.rounds; round += 1) {
    progress(`round ${round} of ${options.rounds}`);
    for (const operation of shuffled(names)) {
      for (const server of shuffled(servers.filter(({ name }) => has(operation, name)))) {
        results[operation][server.name].push(await measure(bench, operation, server, secondsOf(operation, options)));
        await clean(bench, operation, server.name);
      }
    }
  }
  if (options.mode === 'check') return { results, statements, paced: {} };
  progress('at 70 % of the speed');
  return { results, statements, paced: await measurePaced(bench, options, results) };
}
