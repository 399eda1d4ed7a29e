// Compares tenantry with better-auth and with the limit of the same stack, in turns on one PostgreSQL. bench/README.md
// describes the options and the results.
import { runRounds } from './measure/rounds.mjs';
import { readOptions } from './options.mjs';
import { profileOperation, selfTimes } from './profile/profile.mjs';
import { failuresOf, summarize } from './report/summary.mjs';
import { printTable } from './report/table.mjs';
import { withBench } from './set-up.mjs';

const options = readOptions();
const describe = () => `Node.js ${options.node.version}, ${options.set} set, ${options.callers} callers${options.spread ? ' spread over all organizations' : ''}`;

async function compare() {
  const summary = await withBench(options, async (bench) => summarize(await runRounds(bench, (text) => console.error(text))));
  console.log(`\n${describe()}, ${options.rounds} rounds of ${options.seconds} s; medians, ratios within rounds\n`);
  printTable(summary);
  const failures = failuresOf(summary);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

async function profile() {
  const { file, profile, result } = await withBench(options, (bench) => profileOperation(bench, options.operations[0]));
  const { groups, functions } = selfTimes(profile);
  console.log(`\n${options.operations[0]}, ${describe()}: ${Math.round(result.perSecond)} requests/s while profiled, ${result.failures} failed; ${file}\n`);
  const print = (shares, number) => {
    for (const { name, share } of shares.slice(0, number)) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  };
  console.log('self time by package or folder, of the time in which the server was not idle');
  print(groups, 30);
  console.log('\nby function');
  print(functions, 30);
}

await (options.profile ? profile() : compare());
