import type { Command } from 'commander';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import type { Terminal } from '../terminal.js';

/** `tenantry doctor`: inspects a live database by reading its system catalogs. */
export function doctorCommand(terminal: Terminal): Command {
  return command({
    name: 'doctor',
    description:
      'Inspects a live database: checks that every table is protected and that the application role has no dangerous privileges. Lists what is wrong, and warns of what is not recommended.',
    examples: ['doctor', 'doctor --database-url postgresql://inspector@db.example/tenantry --json'],
    exits: { failed: 'error, or there is a finding' },
  })
    .option('--database-url <url>', 'database to inspect; any role that can read the system catalogs')
    .action(({ databaseUrl, json }: CommonOptions & { databaseUrl?: string }) =>
      runAndPrint(terminal, json, async () => {
        const [{ loadEnv }, { describeFindings, describeWarnings, inspectUrl }, { inspectConfigured }] = await Promise.all([
          import('../../config/env.js'),
          import('../../database/doctor/doctor.js'),
          import('../configured-database.js'),
        ]);
        const { findings, warnings } = databaseUrl === undefined ? await inspectConfigured(loadEnv(terminal.env)) : await inspectUrl(databaseUrl);
        return { value: { findings, warnings }, lines: () => [describeFindings(findings).trimEnd(), ...describeWarnings(warnings)], exit: findings.length > 0 ? 'failed' : 'done' };
      }),
    );
}
