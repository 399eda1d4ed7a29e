// Compares openapi.json with the document of the last release, contract/released.json. docs/versioning.md has the rules.
// check: fails for a breaking change that contract/breaking-changes.json does not declare.
// declare <reason>: declares all of them, with the reason that the changelog will have.
// release: openapi.json becomes the released document. Prints the declared changes, for the changelog, and removes them.
import { InvalidArgumentError } from 'commander';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { breakingChanges } from '../dist/contract/breaking-changes.js';
import { npmScript } from './arguments.mjs';

const files = { current: 'openapi.json', released: 'contract/released.json', declared: 'contract/breaking-changes.json' };
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const declare = (changes) => writeFileSync(files.declared, `${JSON.stringify(changes, null, 2)}\n`);

const declared = read(files.declared);
const found = breakingChanges(read(files.released), read(files.current), new Date());
const undeclared = found.filter((change) => declared[change] === undefined);

function check() {
  const outdated = Object.keys(declared).filter((change) => !found.includes(change));
  for (const change of undeclared) console.error(`${files.current}: ${change}. This breaks clients of the last release. See docs/versioning.md.`);
  for (const change of outdated) console.error(`${files.declared}: "${change}" is not a change of ${files.current}. Remove the line.`);
  console.log(`${files.current}: ${found.length} breaking changes since the last release, ${undeclared.length} undeclared.`);
  process.exitCode = undeclared.length + outdated.length > 0 ? 1 : 0;
}

function declareAll(reason) {
  declare(Object.fromEntries(found.map((change) => [change, declared[change] ?? reason])));
  for (const change of undeclared) console.log(`declared: ${change}`);
}

function release() {
  if (undeclared.length > 0) {
    console.error('Declare the breaking changes first: npm run openapi:declare -- "reason"');
    process.exitCode = 1;
    return;
  }
  for (const change of found) console.log(`- ${change}: ${declared[change]}`);
  copyFileSync(files.current, files.released);
  declare({});
}

function reasonOf(text) {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

const commands = {
  check: npmScript('check:versions', 'Fails for a breaking change of the contract that is not declared.').action(check),
  declare: npmScript('openapi:declare', 'Declares all breaking changes of the contract.').argument('<reason>', 'the reason, for the changelog', reasonOf).action(declareAll),
  release: npmScript('openapi:release', 'Makes openapi.json the released document, and prints the declared changes for the changelog.').action(release),
};
const [command, ...args] = process.argv.slice(2);
commands[command].parse(args, { from: 'user' });
