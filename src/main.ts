import 'reflect-metadata';
import { loadEnv } from './config/env.js';
import { startServer } from './server.js';

/** Starts the HTTP server; stops it, and what it started, on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  let stop: Promise<unknown> | undefined;
  const starting = startServer(loadEnv(), (text) => process.stdout.write(`${text}\n`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop ??= starting.then((server) => server.stop()).finally(() => process.exit());
    });
  }
  await starting;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
