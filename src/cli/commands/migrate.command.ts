import type { Command } from 'commander';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** `tenantry db:migrate`: for deployments that migrate before they start replicas. */
export function migrateCommand(terminal: Terminal): Command {
  return command({
    name: 'db:migrate',
    description: 'Applies pending migrations as the role of DATABASE_OWNER_URL, or of DATABASE_URL if that role owns the database.',
    examples: ['db:migrate'],
  }).action(({ json }: CommonOptions) =>
    runAndPrint(terminal, json, async () => {
      const [{ loadEnv }, { migrateConfigured }] = await Promise.all([import('../../config/env.js'), import('../configured-database.js')]);
      const applied = await withProgress(terminal, 'Migrating the database', () => migrateConfigured(loadEnv(terminal.env)));
      const lines = (): string[] => [...(applied ?? []).map((name) => `applied ${name}`), 'The database is up to date.'];
      return { value: { applied: applied ?? null }, lines };
    }),
  );
}
