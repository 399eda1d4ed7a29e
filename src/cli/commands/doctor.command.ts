import type { Command } from 'commander';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import type { Terminal } from '../terminal.js';

/** `tenantry doctor`: inspects a live database from its catalogs and exits with 1 when something is wrong. */
export function doctorCommand(terminal: Terminal): Command {
  return command({
    name: 'doctor',
    description: 'Inspect a live database: is every table protected, is the application role harmless? Lists what is not.',
    examples: ['doctor', 'doctor --database-url postgresql://inspector@db.example/tenantry --json'],
    exits: { failed: 'failed, or there is a finding' },
  })
    .option('--database-url <url>', 'the database to inspect, as any role that may read the catalogs')
    .action(({ databaseUrl, json }: CommonOptions & { databaseUrl?: string }) =>
      runAndPrint(terminal, json, async () => {
        const [{ loadEnv }, { describeFindings, inspectUrl }, { inspectConfigured }] = await Promise.all([
          import('../../config/env.js'),
          import('../../database/doctor/doctor.js'),
          import('../configured-database.js'),
        ]);
        const findings = databaseUrl === undefined ? await inspectConfigured(loadEnv(terminal.env)) : await inspectUrl(databaseUrl);
        return { value: { findings }, lines: () => [describeFindings(findings).trimEnd()], exit: findings.length > 0 ? 'failed' : 'done' };
      }),
    );
}
