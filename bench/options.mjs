// The options of the comparison, as bench/README.md describes them.
import { spawnSync } from 'node:child_process';
import { count, namesAmong, npmScript, positive } from '../scripts/arguments.mjs';
import { operations } from './load/operations.mjs';
import { systemNames } from './servers/systems.mjs';

export function readOptions() {
  const allOperations = Object.keys(operations);
  const operationsAmong = namesAmong(allOperations);
  const command = npmScript('bench', 'Compares tenantry with better-auth and with the limit of its stack. bench/README.md explains the results.')
    .option('--node <file>', 'the Node.js that runs the servers', process.execPath)
    .option('--callers <n>', 'requests at the same time', count, 32)
    .option('--seconds <n>', 'length of a slice (default: 2, or 1 with --check)', positive)
    .option('--rounds <n>', 'rounds of all systems (default: 5, or 3 with --check)', count)
    .option('--only <list>', 'some of the operations', operationsAmong)
    .option('--systems <list>', `some of ${systemNames.join(',')}`, namesAmong(systemNames), systemNames)
    .option('--large', '100,000 organizations with their data')
    .option('--spread', 'each request is that of the owner of a random organization')
    .option('--data <folder>', 'keeps the seeded data and uses it again')
    .option('--profile <operation>', 'writes a V8 profile of tenantry during the operation', operationsAmong)
    .option('--memory <requests>', 'prints the memory of each server while it answers this many requests', count)
    .option('--check', 'compares with the saved results, as bench:check does')
    .option('--save', 'saves the results')
    .parse();
  const values = command.opts();
  const { status, stdout } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) command.error(`${values.node} is not a Node.js binary.`);
  const node = { path: values.node, version: stdout.trim(), major: Number(/^v(\d+)/.exec(stdout)[1]) };
  const check = values.check === true;
  const save = values.save === true;
  if (save && (values.only ?? values.profile ?? values.memory) !== undefined) command.error('--save needs a run of all operations.');
  return {
    mode: values.profile === undefined ? (values.memory === undefined ? (check ? 'check' : 'compare') : 'memory') : 'profile',
    node,
    callers: values.callers,
    seconds: values.seconds ?? (check ? 1 : 2),
    rounds: values.rounds ?? (check ? 3 : 5),
    operations: values.profile ?? values.only ?? (values.memory === undefined ? allOperations : allOperations.slice(0, 1)),
    systems: values.profile === undefined ? values.systems : ['tenantry'],
    set: values.large === true ? 'large' : 'small',
    spread: values.spread === true,
    data: values.data,
    requests: values.memory,
    save,
  };
}
