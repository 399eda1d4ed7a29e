// The memory of each server during many requests.
import { memoryOf } from './cpu.mjs';

const parts = 10;

/** Sends reads, a part to each server in turn. @returns the resident memory of each server before the first part and after each one */
export async function measureMemory({ client, servers, options }, requests, progress) {
  const [operation] = options.operations;
  const memory = Object.fromEntries(servers.map(({ name, pid }) => [name, [memoryOf(pid)]]));
  let failures = 0;
  for (let part = 1; part <= parts; part += 1) {
    for (const { name, port, pid } of servers) {
      const load = { system: name, operation, port, concurrency: options.callers, spread: options.spread, requests: Math.ceil(requests / parts) };
      failures += (await client.ask('load', load)).failures;
      memory[name].push(memoryOf(pid));
    }
    progress(`${part} of ${parts}`);
  }
  return { memory, failures };
}
