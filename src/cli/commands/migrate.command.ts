import type { Command } from 'commander';
import type { RehearsedMigration } from '../../database/migrations/migrate.js';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

interface MigrateCommandOptions extends CommonOptions {
  readonly dryRun?: true;
}

function describe({ name, duration, blocksReads, blocksWrites }: RehearsedMigration): string {
  if (duration === undefined) return `${name}: not tried, because it or one before it runs without a transaction`;
  const blocks = [...(blocksReads.length > 0 ? [`blocks ${blocksReads.join(', ')}`] : []), ...(blocksWrites.length > 0 ? [`blocks writes of ${blocksWrites.join(', ')}`] : [])];
  return `${name}: ${duration} ms; ${blocks.join('; ') || 'blocks nothing'}`;
}

/** `tenantry db:migrate`: for deployments that migrate before they start replicas. */
export function migrateCommand(terminal: Terminal): Command {
  return command({
    name: 'db:migrate',
    description: 'Applies pending migrations as the role of DATABASE_OWNER_URL, or of DATABASE_URL if that role owns the database.',
    examples: ['db:migrate', 'db:migrate --dry-run'],
  })
    .option('--dry-run', 'apply them in one transaction, print which tables each one locks and how long it takes, and roll back')
    .action(({ json, dryRun }: MigrateCommandOptions) =>
      runAndPrint(terminal, json, async () => {
        const [{ loadEnv }, { asOwner, migrateConfigured }] = await Promise.all([import('../../config/env.js'), import('../configured-database.js')]);
        if (dryRun === true) {
          const { rehearseMigrations } = await import('../../database/migrations/migrate.js');
          const migrations = await asOwner(loadEnv(terminal.env), (url) => rehearseMigrations(url));
          return { value: { migrations }, lines: () => (migrations.length === 0 ? ['The database is up to date.'] : migrations.map(describe)) };
        }
        const applied = await withProgress(terminal, 'Migrating the database', () => migrateConfigured(loadEnv(terminal.env)));
        const lines = (): string[] => [...(applied ?? []).map((name) => `applied ${name}`), 'The database is up to date.'];
        return { value: { applied: applied ?? null }, lines };
      }),
    );
}
