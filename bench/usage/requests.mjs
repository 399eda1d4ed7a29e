// Requests with metering on and off: two servers, whose catalogs differ in one line.
import { answerOf, median, ratio, say, startServer, takeTurns } from './turns.mjs';

export async function measureRequests(bench) {
  const servers = { metered: await startServer(bench, 'metered', true), unmetered: await startServer(bench, 'unmetered', false) };
  const read = async ({ base, headers, organizationId }) => {
    await answerOf(await fetch(`${base}/organizations/${organizationId}/projects`, { headers }));
  };
  const ways = { 'with metering': () => read(servers.metered), without: () => read(servers.unmetered) };
  const results = await takeTurns(ways, { rounds: bench.rounds * 2, milliseconds: 400, callers: 8 });
  console.log(`\nGET …/projects, 8 at a time, ${bench.rounds * 2} rounds, medians\n`);
  for (const [name, values] of Object.entries(results)) say(median(values), 'requests/s', name);
  await Promise.all(Object.values(servers).map(({ stop }) => stop()));
  return [{ name: 'requests with metering / without', value: ratio(results['with metering'], results['without']), reach: 0.95 }];
}
