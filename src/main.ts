import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { AppConfig } from './config/app-config.js';
import { readAppSecret } from './config/app-secret.js';
import { loadEnv } from './config/env.js';

// V8 lets the heap grow up to four times what is in use before it collects all of it. docs/performance.md has what this saves.
setFlagsFromString('--heap-growing-percent=50');

/** Starts the HTTP server. Stops it, and the embedded database, on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  let stop: Promise<unknown> | undefined;
  const env = loadEnv();
  const config = new AppConfig(env, readAppSecret(env));
  // Imported late, so that an invalid configuration is reported before the whole application is loaded.
  const { startServer } = await import('./server.js');
  const starting = startServer(env, config, (text) => process.stdout.write(`${text}\n`));
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
