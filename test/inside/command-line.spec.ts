import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exitCodes } from '../../src/cli/exit-codes.js';
import { createProgram } from '../../src/cli/program.js';
import { ProcessTerminal } from '../../src/cli/terminal.js';
import { runTenantry, startTenantry } from '../support/command.js';
import { itInBothRuns, itInLongRun } from '../support/rounds.js';

const commands = createProgram(new ProcessTerminal()).commands;
const names = commands.map((command) => command.name());
const documentation = await readFile('docs/command-line.md', 'utf8');

/** The values of options that are not any text. */
const valuesOf: Readonly<Record<string, string>> = { '--email': 'some@example.com', '--forward-to': 'http://127.0.0.1:9' };

/** A value for everything that a command demands. */
const demanded = (name: string): string[] => {
  const command = commands.find((each) => each.name() === name);
  const options = command?.options.filter(({ mandatory }) => mandatory).flatMap(({ long, argChoices }) => [long ?? '', argChoices?.[0] ?? valuesOf[long ?? ''] ?? 'some']) ?? [];
  // One of two is demanded.
  if (name === 'audit:erase') options.push('--email', 'some');
  return [
    name,
    ...(command?.registeredArguments
      .filter(({ required }) => required)
      .map(({ description }) => (description.startsWith('id of') ? '01a00000-0000-7000-8000-000000000000' : 'some')) ?? []),
    ...options,
  ];
};

describe.each(names)('%s', (name) => {
  const command = commands.find((each) => each.name() === name);
  let printed: Promise<string> | undefined;
  const help = (): Promise<string> => (printed ??= runTenantry({}, name, '--help').then(({ out }) => out));

  it('the help of the command has its exit codes and a valid example', async () => {
    const text = await help();
    const codes = [...text.matchAll(/^ {2}(\d) {2}\S/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(expect.arrayContaining([0, 1, 2]));
    const examples = [...text.matchAll(/^ {2}npx tenantry (.+)$/gm)].map(([, example = '']) => example);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const [called, ...rest] = example.match(/"[^"]*"|\S+/g) ?? [];
      expect(called).toBe(name);
      expect(command?.parseOptions(rest).unknown).toEqual([]);
    }
  });

  it('the command and its exit codes are in the documentation', async () => {
    expect(documentation).toContain(`\`${name}`);
    for (const [, code] of (await help()).matchAll(/^ {2}(\d) {2}\S/gm)) expect(documentation).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
  });

  it('a command prints JSON with --json, also when it fails, and otherwise a line', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-line-'));
    // Commands that read the environment fail with this; the contract is written without it.
    const wrong = { DATABASE_URL: 'mysql://nowhere', APP_SECRET: 'short' };
    const files = name === 'openapi' ? ['--document', path.join(folder, 'no/document.json')] : [];
    const [asJson, asText] = [await runTenantry(wrong, ...demanded(name), ...files, '--json'), await runTenantry(wrong, ...demanded(name), ...files)];
    await rm(folder, { recursive: true });
    expect({ code: asJson.code, err: asJson.err }).toEqual({ code: exitCodes.failed, err: '' });
    expect(JSON.parse(asJson.out)).toEqual({ error: { code: 'failed', message: expect.any(String) } });
    expect({ code: asText.code, out: asText.out }).toEqual({ code: exitCodes.failed, out: '' });
    expect(asText.err).not.toMatch(/\n\s+at /);
    expect(asText.err).toMatch(/\S\n$/);
  });

  it('a command with an unknown option does nothing', async () => {
    expect(await runTenantry({}, ...demanded(name), '--no-such-option')).toEqual({ code: exitCodes.usage, out: '', err: "error: unknown option '--no-such-option'\n" });
  });
});

describe('the command line', () => {
  it('docs/command-line.md has each exit code once', () => {
    expect([...documentation.matchAll(/^\| (\d) \| /gm)].map(([, code]) => Number(code))).toEqual(Object.values(exitCodes));
  });

  itInBothRuns('no command cuts a reason: one that is too long, empty or not one line is refused', async () => {
    const reasoned = commands.filter((command) => command.options.some(({ long }) => long === '--reason')).map((command) => command.name());
    expect(reasoned).toEqual(expect.arrayContaining(['quota:reset', 'tenant:suspend', 'tenant:security-reset', 'tenant:domain-release']));
    for (const name of reasoned) {
      const given = demanded(name)
        .join('\n')
        .replace(/\n--reason\nsome/, '')
        .split('\n');
      for (const reason of ['x'.repeat(501), ' ', 'two\nlines']) {
        const { code, err } = await runTenantry({}, ...given, '--reason', reason);
        expect({ name, code, err }).toEqual({ name, code: exitCodes.usage, err: expect.stringContaining('It must') });
      }
    }
  });

  itInBothRuns('every destructive command asks for confirmation', () => {
    const asking = commands.filter((command) => command.options.some(({ long }) => long === '--yes')).map((command) => command.name());
    expect(asking).toEqual([
      'adopt',
      'audit:erase',
      'quota:reset',
      'admin:remove',
      'user:disable',
      'user:remove-second-factor',
      'service-key:revoke',
      'tenant:security-reset',
      'tenant:domain-release',
      'tenant:deprovision',
      'tenant:delete',
      'mail:drop',
    ]);
  });

  itInLongRun('the command line reports errors by the exit code of the process', async () => {
    const [help, unknown, failed] = await Promise.all([
      startTenantry({}, '--help').ended,
      startTenantry({}, 'no-such-command').ended,
      startTenantry({ APP_SECRET: 'short' }, 'db:migrate', '--json').ended,
    ]);
    for (const name of names) expect(help.out).toContain(` ${name} `);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(unknown).toEqual({ code: 2, out: '', err: "error: unknown command 'no-such-command'\n" });
    expect({ code: failed.code, err: failed.err, ...JSON.parse(failed.out) }).toMatchObject({ code: 1, err: '', error: { code: 'failed' } });
  });

  itInLongRun('a command whose reader has closed the pipe ends without a stack trace', async () => {
    const command = startTenantry({}, '--help');
    command.closeOutput();
    expect(await command.ended).toMatchObject({ code: 141, err: '' });
  });
});
