import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { SystemClock } from './common/clock.js';
import { AppConfig } from './config/app-config.js';
import { readAppSecret } from './config/app-secret.js';
import { isProduction, loadEnv, readEnvFile } from './config/env.js';
import { assertPortIsFree } from './port.js';
import type { RunningServer } from './server.js';

// V8 lets the heap grow up to four times what is in use before it collects all of it, and its middle compiler, Maglev, holds memory
// that it needs only while it compiles. Without Maglev, code waits long for the optimizing compiler: it gets it after fewer calls, where
// V8 has the option. docs/performance.md has what the options give.
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--no-maglev');
if (Number.parseInt(process.versions.v8, 10) >= 13) setFlagsFromString('--invocation-count-for-turbofan=500');

// A full disk or a closed pipe under the output loses lines, and ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Seconds after SHUTDOWN_DELAY within which the process ends, whatever hangs. */
const shutdownBound = 30;

/** Writes a line about the process itself: JSON in production, like the log. */
function writeLine(stream: NodeJS.WriteStream, level: 'info' | 'warn' | 'fatal', text: string): void {
  stream.write(isProduction() ? `${JSON.stringify({ level, time: new SystemClock().now().toISOString(), msg: text })}\n` : `${text}\n`);
}

function endWith(text: string): never {
  writeLine(process.stderr, 'fatal', text);
  process.exit(1);
}

/** Ends with an error that says what to do. */
const fail = (error: unknown): never => endWith(error instanceof Error ? error.message : String(error));

/** Ends with an error that nobody expected. */
const crash = (error: unknown): never => endWith(error instanceof Error && error.stack !== undefined ? error.stack : String(error));

/** Ends the process if it has arguments, so that a server never ignores a setting that was meant for it. */
function refuseArguments([argument]: readonly string[]): void {
  if (argument === undefined) return;
  const text = 'The server takes no arguments. Its settings are environment variables, as in: PORT=3001 npm start. .env.example lists them.';
  const isAsked = argument === '--help' || argument === '-h';
  writeLine(isAsked ? process.stdout : process.stderr, isAsked ? 'info' : 'fatal', text);
  process.exit(isAsked ? 0 : 2);
}

/** Starts the HTTP server. Stops it, and the embedded database, on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  let starting: Promise<RunningServer> | undefined;
  let stop: Promise<unknown> | undefined;
  refuseArguments(process.argv.slice(2));
  readEnvFile();
  const env = loadEnv();
  const config = new AppConfig(env, readAppSecret(env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Until the database answers, nothing has begun that must be ended.
      if (starting === undefined) process.exit();
      if (stop !== undefined) return;
      const bound = env.SHUTDOWN_DELAY + shutdownBound;
      setTimeout(() => endWith(`The server did not stop within ${bound} seconds, and was ended. Requests or jobs that were running have failed.`), bound * 1000).unref();
      stop = starting.then((server) => server.stop()).then(() => process.exit(), fail);
    });
  }
  // Imported late, so that an invalid configuration is reported before the whole application is loaded.
  const [{ startServer, waitForDatabases }, { processFaults }] = await Promise.all([import('./server.js'), import('./observability/process-faults.js')]);
  processFaults.observe(crash);
  await assertPortIsFree(config.port, config.host);
  await waitForDatabases(env, (text) => writeLine(process.stdout, 'warn', text));
  starting = startServer(env, config, (text) => process.stdout.write(`${text}\n`));
  await starting;
}

main().catch(fail);
