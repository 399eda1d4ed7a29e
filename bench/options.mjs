// The options of the comparison, as bench/README.md describes them.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { operations } from './load/operations.mjs';
import { systemNames } from './servers/systems.mjs';

function listOf(text, known, kind) {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) if (!known.includes(name)) throw new Error(`There is no ${kind} "${name}". There are: ${known.join(', ')}.`);
  return names;
}

export function readOptions() {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: process.execPath },
      callers: { type: 'string', default: '32' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      systems: { type: 'string', default: systemNames.join(',') },
      large: { type: 'boolean', default: false },
      spread: { type: 'boolean', default: false },
      data: { type: 'string' },
      profile: { type: 'string' },
      memory: { type: 'string' },
      check: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  const { status, stdout } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${values.node} is not a Node.js binary.`);
  const node = { path: values.node, version: stdout.trim(), major: Number(/^v(\d+)/.exec(stdout)[1]) };
  const allOperations = Object.keys(operations);
  const only = values.profile ?? values.only ?? (values.memory === undefined ? allOperations.join(',') : allOperations[0]);
  if (values.save && (values.only ?? values.profile ?? values.memory) !== undefined) throw new Error('--save needs a run of all operations.');
  return {
    mode: values.profile === undefined ? (values.memory === undefined ? (values.check ? 'check' : 'compare') : 'memory') : 'profile',
    node,
    callers: Number(values.callers),
    seconds: Number(values.seconds ?? (values.check ? 1 : 2)),
    rounds: Number(values.rounds ?? (values.check ? 3 : 5)),
    operations: listOf(only, allOperations, 'operation'),
    systems: values.profile === undefined ? listOf(values.systems, systemNames, 'system') : ['tenantry'],
    set: values.large ? 'large' : 'small',
    spread: values.spread,
    data: values.data,
    requests: Number(values.memory),
    save: values.save,
  };
}
