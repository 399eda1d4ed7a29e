// The client: a process of its own with a closed loop for each caller. Messages say which operation to measure.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, jsonOf } from './connection.mjs';
import { bytesOf, operations } from './operations.mjs';

/** Latencies beyond this number are not kept, so that the client's memory does not grow in long runs. */
const mostLatencies = 1_000_000;

let callers = [];
let set;

/** Sends one request and checks the answer. @throws when it is wrong */
async function prove({ system, operation, port }) {
  const { requests, answers } = operations[operation];
  const connection = await Connection.open(port);
  const [caller] = callers;
  const response = await connection.send(bytesOf(requests[system](caller), caller.headers[system], port));
  connection.close();
  const body = jsonOf(response);
  const isRight = () => {
    try {
      return answers(body, caller, set);
    } catch {
      return false;
    }
  };
  if (response.status < 300 && isRight()) return;
  throw new Error(`${operation} of ${system} has answered ${response.status} ${JSON.stringify(body)?.slice(0, 500)}`);
}

/**
 * Runs an operation with `concurrency` callers for a time, or for a number of requests.
 *
 * @param spread whether each request is that of a random caller; otherwise connection i belongs to caller i
 * @param pace requests a second; as many as possible when left out
 */
async function load({ system, operation, port, concurrency, seconds = Infinity, requests: most = Infinity, spread, pace = Infinity }) {
  const { requests, callers: sensible = concurrency } = operations[operation];
  const request = requests[system];
  const connections = await Promise.all(Array.from({ length: Math.min(concurrency, sensible) }, () => Connection.open(port)));
  const latencies = [];
  const failures = { count: 0, first: undefined };
  let sent = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const loop = async (connection, index) => {
    while (sent < most && performance.now() < end) {
      const due = start + (sent * 1000) / pace;
      sent += 1;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      const caller = callers[spread ? Math.floor(Math.random() * callers.length) : index % callers.length];
      const bytes = bytesOf(request(caller), caller.headers[system], port);
      // A request that is late because every connection is busy has waited since it was due.
      const began = pace === Infinity || early > 0 ? performance.now() : due;
      const response = await connection.send(bytes);
      if (latencies.length < mostLatencies) latencies.push(performance.now() - began);
      if (response.status >= 200 && response.status < 300) continue;
      failures.count += 1;
      failures.first ??= `${response.status} ${response.bytes.toString('utf8', response.bodyStart, response.bodyStart + 300)}`;
    }
  };
  await Promise.all(connections.map(loop));
  const took = (performance.now() - start) / 1000;
  for (const connection of connections) connection.close();
  const sorted = Float64Array.from(latencies).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { requests: sent, seconds: took, perSecond: sent / took, p50: at(0.5), p99: at(0.99), failures: failures.count, failure: failures.first };
}

const commands = {
  callers: (message) => {
    ({ callers, set } = message);
  },
  prove,
  load,
};

async function obey({ command, ...message }) {
  try {
    process.send({ result: await commands[command](message) });
  } catch (error) {
    process.send({ error: String(error?.message ?? error) });
  }
}

process.on('message', (message) => void obey(message));
