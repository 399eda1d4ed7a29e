// Compares tenantry with better-auth and with the limit of the same stack, in turns on one PostgreSQL. bench/README.md
// describes the options and the results.
import './needs-example.mjs';
import { measureMemory } from './measure/memory.mjs';
import { runRounds } from './measure/rounds.mjs';
import { readOptions } from './options.mjs';
import { profileOperation, selfTimes } from './profile/profile.mjs';
import { lossesOf, lossText } from './report/check.mjs';
import { readCommitted, resultsOf, save } from './report/results.mjs';
import { failuresOf, summarize } from './report/summary.mjs';
import { printTable } from './report/table.mjs';
import { withBench } from './set-up.mjs';

const options = readOptions();
const describe = () => `Node.js ${options.node.version}, ${options.set} set, ${options.callers} callers${options.spread ? ' spread over all organizations' : ''}`;
/** Read before anything is started: without it, there is nothing to compare with. */
const committed = options.mode === 'check' ? await readCommitted(options) : undefined;
const progress = (text) => console.error(text);

/** Prints the table of a run. Failed requests fail the run. */
function report(operations, rounds) {
  console.log(`\n${describe()}, ${rounds} rounds of ${options.seconds} s; medians, ratios within rounds\n`);
  printTable(operations);
  const failures = failuresOf(operations);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
  return failures.length === 0;
}

const modes = {
  async compare(bench) {
    const operations = summarize(await runRounds(bench, options, progress));
    if (report(operations, options.rounds) && options.save) console.log(`\nsaved in ${await save(options, await resultsOf(options, operations))}`);
  },

  async check(bench) {
    const first = summarize(await runRounds(bench, options, progress));
    if (!report(first, options.rounds)) return;
    let losses = lossesOf(committed, first);
    if (losses.length > 0) {
      // Another process may have disturbed a short run: these operations are measured again, and longer.
      for (const loss of losses) console.log(`again: ${lossText(loss)}`);
      const again = { ...options, operations: [...new Set(losses.map(({ operation }) => operation))], rounds: options.rounds * 2 };
      const second = summarize(await runRounds(bench, again, progress));
      report(second, again.rounds);
      losses = lossesOf(committed, second);
    }
    for (const loss of losses) console.error(`slower by more than a fifth: ${lossText(loss)}`);
    if (losses.length > 0) process.exitCode = 1;
    else console.log(`\nno operation is slower by more than a fifth than in the committed results`);
  },

  async memory(bench) {
    const { memory, failures } = await measureMemory(bench, options.requests, progress);
    console.log(`\n${options.operations[0]}, ${describe()}: MB of memory before and during ${options.requests} requests to each server, ${failures} failed\n`);
    for (const [system, values] of Object.entries(memory)) console.log(`  ${system.padEnd(12)} ${values.map((value) => String(Math.round(value)).padStart(5)).join('')}`);
    if (failures > 0) process.exitCode = 1;
  },

  async profile(bench) {
    const [operation] = options.operations;
    const { file, profile, result } = await profileOperation(bench, operation);
    const { groups, functions } = selfTimes(profile);
    console.log(`\n${operation}, ${describe()}: ${Math.round(result.perSecond)} requests/s while profiled, ${result.failures} failed; ${file}\n`);
    const print = (shares) => {
      for (const { name, share } of shares.slice(0, 30)) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
    };
    console.log('self time by package or folder, of the time in which the server was not idle');
    print(groups);
    console.log('\nby function');
    print(functions);
  },
};

await withBench(options, modes[options.mode]);
