import { Command } from 'commander';
import { loadEnv } from '../config/env.js';
import { SealedSecrets } from '../database/sealed-secrets.service.js';
import { withApplication } from './with-application.js';

/** `tenantry secrets:rotate`: the second step of changing APP_SECRET; docs/secrets.md has all three. */
export function rotateSecretsCommand(): Command {
  return new Command('secrets:rotate')
    .description('Seal everything that APP_SECRET_PREVIOUS has sealed anew under APP_SECRET. Can be stopped and run again; exits with 1 when something cannot be opened.')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const results = await withApplication(loadEnv(), 'secrets:rotate', (app) => app.get(SealedSecrets).rotate());
      const lines = results.map(
        ({ table, resealed, unreadable }) => `${table}: ${resealed} sealed anew${unreadable > 0 ? `, ${unreadable} cannot be opened with any secret that is known` : ''}\n`,
      );
      process.stdout.write(json === true ? `${JSON.stringify({ results }, null, 2)}\n` : lines.join(''));
      process.exitCode = results.some(({ unreadable }) => unreadable > 0) ? 1 : 0;
    });
}
