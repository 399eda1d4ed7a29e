// Measures what the audit log costs the API: the same changes, with the triggers of the log and without them, in turns on one server.
//   npm run bench:audit:requests [-- --rounds 5 --seconds 4 --callers 32 --node <file>]
import './needs-example.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, npmScript, positive } from '../scripts/arguments.mjs';
import { operations } from './load/operations.mjs';
import { shuffled } from './measure/rounds.mjs';
import { median } from './report/summary.mjs';
import { withBench } from './set-up.mjs';

const {
  node,
  rounds,
  seconds,
  callers: concurrency,
} = npmScript('bench:audit:requests', 'Measures what the audit log costs a change by a request.')
  .option('--node <file>', 'the Node.js that runs the server', process.execPath)
  .option('--rounds <n>', 'rounds of all changes, with and without the log', count, 5)
  .option('--seconds <n>', 'length of a slice', positive, 4)
  .option('--callers <n>', 'requests at the same time', count, 32)
  .parse()
  .opts();
const changes = ['create a project', 'change a setting', 'invitation'];
const options = { mode: 'compare', node: { path: node }, callers: concurrency, systems: ['tenantry'], set: 'small', spread: false };

await withBench(options, async ({ client, servers: [{ port }], superusers: { tenantry: superuser } }) => {
  const { rows: audited } = await superuser.query(`select tgrelid::regclass::text as name from pg_trigger where tgname = 'audit'`);
  const setLog = async (state) => {
    for (const { name } of audited) await superuser.query(`alter table ${name} ${state} trigger audit`);
  };
  /** Waits until the server has chained all events: their cost is part of that of the changes. */
  const chained = async () => {
    while ((await superuser.query('select from audit.pending limit 1')).rowCount > 0) await sleep(10);
  };
  const load = (operation) => ({ system: 'tenantry', operation, port, concurrency });
  const measure = async (operation) => {
    const start = performance.now();
    const { requests, failures, failure } = await client.ask('load', { ...load(operation), seconds });
    if (failures > 0) throw new Error(failure);
    await chained();
    return requests / ((performance.now() - start) / 1000);
  };
  const speeds = Object.fromEntries(changes.map((operation) => [operation, { enable: [], disable: [] }]));
  for (const operation of changes) {
    await client.ask('prove', load(operation));
    await client.ask('load', { ...load(operation), requests: 2000 });
    await chained();
  }
  for (let round = 0; round < rounds; round += 1)
    for (const operation of shuffled(changes))
      for (const state of shuffled(['enable', 'disable'])) {
        await setLog(state);
        await client.ask('load', { ...load(operation), seconds: 0.2 });
        await chained();
        speeds[operation][state].push(await measure(operation));
        if (operations[operation].clean?.tenantry !== undefined) await superuser.query(operations[operation].clean.tenantry);
      }
  console.log(`changes a second with the log, and their ratio to the same without it: medians of ${rounds} rounds of ${seconds} s, ${concurrency} callers`);
  for (const [operation, { enable, disable }] of Object.entries(speeds))
    console.log(
      `  ${operation.padEnd(18)} ${median(enable).toFixed(0).padStart(6)} ${median(enable.map((speed, round) => speed / disable[round]))
        .toFixed(2)
        .padStart(6)}`,
    );
});
