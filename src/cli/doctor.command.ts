import { Command } from 'commander';
import { loadEnv } from '../config/env.js';
import { describeFindings, inspectUrl } from '../database/doctor.js';
import { inspectConfigured } from './configured-database.js';

/** `tenantry doctor`: inspects a live database from its catalogs and exits with 1 when something is wrong. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Inspect a live database: is every table protected, is the application role harmless? Exits with 1 and a list when not.')
    .option('--database-url <url>', 'the database to inspect, as any role that may read the catalogs')
    .option('--json', 'print the findings as JSON')
    .action(async ({ databaseUrl, json }: { databaseUrl?: string; json?: boolean }) => {
      const findings = databaseUrl === undefined ? await inspectConfigured(loadEnv()) : await inspectUrl(databaseUrl);
      process.stdout.write(json === true ? `${JSON.stringify({ findings }, null, 2)}\n` : describeFindings(findings));
      process.exitCode = findings.length > 0 ? 1 : 0;
    });
}
