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
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      systems: { type: 'string', default: systemNames.join(',') },
      large: { type: 'boolean', default: false },
      spread: { type: 'boolean', default: false },
      data: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { status, stdout } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${values.node} is not a Node.js binary.`);
  const node = { path: values.node, version: stdout.trim(), major: Number(/^v(\d+)/.exec(stdout)[1]) };
  return {
    node,
    callers: Number(values.callers),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    operations: listOf(values.profile ?? values.only ?? Object.keys(operations).join(','), Object.keys(operations), 'operation'),
    systems: values.profile === undefined ? listOf(values.systems, systemNames, 'system') : ['tenantry'],
    set: values.large ? 'large' : 'small',
    spread: values.spread,
    data: values.data,
    profile: values.profile !== undefined,
  };
}
