import { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError, NotFoundError } from '../common/errors/app-error.js';
import { loadEnv } from '../config/env.js';
import { exitCodes } from './output.js';
import { withApplication } from './with-application.js';

/** The options that all of them have. */
export interface Common {
  readonly json?: boolean;
  readonly databaseUrl?: string;
  readonly verbose?: boolean;
}

/** A command with the options that all commands of the operator have. */
export const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--json', 'print the answer as JSON')
    .option('--database-url <url>', 'the database, instead of DATABASE_URL')
    .option('--verbose', 'log what is done');

/** Does the work with the application's services; an error that somebody can do something about is told without a stack. */
export async function run(options: Common, what: string, work: (app: NestFastifyApplication) => Promise<number | void>): Promise<void> {
  const env = loadEnv();
  if (options.databaseUrl !== undefined) env.DATABASE_URL = options.databaseUrl;
  if (options.verbose === true) env.LOG_LEVEL = 'debug';
  try {
    process.exitCode = (await withApplication(env, what, work)) ?? exitCodes.done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, details } = error;
    if (options.json === true) process.stdout.write(`${JSON.stringify({ error: { code, message, ...details } }, null, 2)}\n`);
    else process.stderr.write(`${error instanceof NotFoundError ? 'There is no such tenant.' : message}\n`);
    process.exitCode = error.kind === 'not_found' ? exitCodes.notFound : exitCodes.failed;
  }
}
