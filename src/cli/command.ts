import { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Env } from '../config/env.js';
import { exitCodes, exitMeanings, type Exit } from './exit-codes.js';
import { runAndPrint, type CommandOutput } from './output.js';
import type { Terminal } from './terminal.js';

export interface CommonOptions {
  readonly json?: boolean;
}

export interface ApplicationOptions extends CommonOptions {
  readonly databaseUrl?: string;
  readonly verbose?: boolean;
}

interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  /** Arguments after `npx tenantry`. */
  readonly examples: readonly string[];
  /** Exit codes in addition to done, failed and usage, and texts that replace the default ones. */
  readonly exits?: Partial<Readonly<Record<Exit, string>>>;
}

function helpOf({ examples, exits = {} }: CommandDefinition): string {
  const own = Object.keys(exits) as Exit[];
  const names = (Object.keys(exitCodes) as Exit[]).filter((exit) => ['done', 'failed', 'usage'].includes(exit) || own.includes(exit));
  const codes = names.map((exit) => `  ${exitCodes[exit]}  ${exits[exit] ?? exitMeanings[exit]}`);
  return `\nExit codes:\n${codes.join('\n')}\n\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((example) => `  npx tenantry ${example}`).join('\n')}`;
}

/** For the list of commands, where the whole description would not fit into a line. */
const firstSentence = (description: string): string => description.split(/[.:](?= |$)/)[0] ?? description;

/** Creates a command with `--json` and a help text that lists exit codes and examples. */
export const command = (definition: CommandDefinition): Command =>
  new Command(definition.name)
    .summary(firstSentence(definition.description))
    .description(definition.description)
    .option('--json', 'print the result or the error as JSON')
    .addHelpText('after', helpOf(definition));

/** Creates a command that uses the application's services. */
export const applicationCommand = (definition: CommandDefinition): Command =>
  command(definition)
    .option('--database-url <url>', 'use this database instead of DATABASE_URL')
    .option('--verbose', 'print each SQL statement with its duration, and log messages of level debug and above');

/**
 * Runs a command with the application's services and prints its output. The application is loaded only here, so that
 * `--help` and commands without the application start fast.
 */
export async function runInApplication(
  terminal: Terminal,
  { name, options, adjust }: { readonly name: string; readonly options: ApplicationOptions; readonly adjust?: (env: Env) => void },
  work: (app: NestFastifyApplication) => Promise<CommandOutput | undefined>,
): Promise<void> {
  await runAndPrint(terminal, options.json, async () => {
    const { loadEnv } = await import('../config/env.js');
    const env = loadEnv(terminal.env);
    if (options.databaseUrl !== undefined) env.DATABASE_URL = options.databaseUrl;
    adjust?.(env);
    const { withApplication } = await import('./with-application.js');
    if (options.verbose !== true) return withApplication(env, name, work);
    env.LOG_LEVEL = 'debug';
    const [{ StatementLog }, { tracing }] = await Promise.all([import('./statement-log.js'), import('../common/tracing.js')]);
    const before = tracing.active;
    tracing.active = new StatementLog((text) => terminal.err(text));
    return withApplication(env, name, work).finally(() => {
      tracing.active = before;
    });
  });
}
