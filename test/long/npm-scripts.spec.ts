import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Each script of package.json that ends with a program of the repository. npm gives the arguments to the last command of a script.
// Jest, which runs the tests, has its own help.

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> };
const programs = Object.entries(scripts).flatMap(([name, text]): [string, string[]][] => {
  const words = text.split(' && ').at(-1)?.split(' ') ?? [];
  const isHook = /^(pre|post)/.test(name);
  const isOther = words[0] !== 'node' || words.includes('--eval') || /test\/support\/(jest|test-one)\.mjs/.test(text);
  return isHook || isOther ? [] : [[name, words.slice(1)]];
});

/** Runs a program. @returns its exit code and what it prints */
const run = (args: readonly string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, { timeout: 30_000 }, (error, out, err) => resolve({ code: error === null ? 0 : error.code, out, err }));
  });

it('package.json has scripts that are programs of the repository', () => expect(programs.length).toBeGreaterThan(25));

it.each(programs)('npm run %s explains itself with --help, and refuses an unknown option with one line and exit code 2', async (name, args) => {
  const [help, refused] = await Promise.all([run([...args, '--help']), run([...args, '--no-such-option'])]);
  const usage = name === 'doctor' ? 'Usage: tenantry doctor ' : `Usage: npm run ${name === 'bench:check' ? 'bench' : name} -- `;
  const text = name === 'start' ? /^The server takes no arguments\. .*\n$/ : new RegExp(`^${usage}.*\\n\\n\\S`);
  expect(help).toEqual({ code: 0, out: expect.stringMatching(text), err: '' });
  expect(refused).toEqual({ code: 2, out: '', err: expect.stringMatching(/^.{20,}\n$/) });
});
