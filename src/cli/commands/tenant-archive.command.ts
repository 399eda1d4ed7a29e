import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ArchiveConflictError } from '../../modules/tenants/archive/archive.errors.js';
import type { ExportResult } from '../../modules/tenants/archive/tenant-export.service.js';
import type { ImportOptions, ImportResult } from '../../modules/tenants/archive/tenant-import.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

const total = (tables: Readonly<Record<string, number>>): string => {
  const rows = Object.values(tables).reduce((sum, each) => sum + each, 0);
  return `${rows} rows in ${Object.keys(tables).length} tables`;
};

const exported = ({ organization, tables }: ExportResult, out: string): string[] => [
  `Wrote ${organization.slug} (${organization.id}) to ${out}: ${total(tables)}.`,
  'It holds credentials. Keep it like a backup of the database.',
];

const leftToOriginal = 'Its customer at the payment provider stays the original’s: from the next period on it is invoiced here. A move takes it along: --move.';

function imported({ organization, tables, users, unreadable, detached }: ImportResult): string[] {
  const warnings = Object.entries(unreadable).map(
    ([table, count]) => `${table}: ${count} sealed values cannot be opened with the secrets that are known. Set the other APP_SECRET as APP_SECRET_PREVIOUS.`,
  );
  const people = `${users.created} users made, ${users.kept} were here, ${users.matched} were here with the same verified address`;
  return [`Restored ${organization.slug} (${organization.id}): ${total(tables)}; ${people}.`, ...warnings, ...(detached ? [leftToOriginal] : [])];
}

/** `tenantry tenant:export`: a backup of one organization. docs/backup.md has the whole story. */
export function exportTenantCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'tenant:export',
    description: 'Write all that belongs to one organization into an archive (a zip of NDJSON files), as it is at one moment.',
    examples: ['tenant:export acme --out acme.zip', 'tenant:export 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --out acme.zip --json'],
    exits: { notFound: 'there is no such organization' },
  })
    .argument('<organization>', 'its id or slug')
    .requiredOption('--out <file>', 'the archive to write; must not be there yet')
    .action((organization: string, options: ApplicationOptions & { out: string }) =>
      runInApplication(terminal, { name: 'tenant:export', options }, async (app) => {
        const { TenantExportService } = await import('../../modules/tenants/archive/tenant-export.service.js');
        const write = app.get(TenantExportService);
        const result = await withProgress(terminal, 'Writing', (show) => write.exportTenant(organization, options.out, (table, rows) => show(`${table}, ${rows} rows`)));
        return { value: { ...result, file: options.out }, lines: () => exported(result, options.out) };
      }),
    );
}

async function restore(app: NestFastifyApplication, file: string, options: ImportOptions): Promise<ImportResult> {
  const [{ TenantImportService }, { ReservedSlugError }] = await Promise.all([
    import('../../modules/tenants/archive/tenant-import.service.js'),
    import('../../modules/organizations/organizations.errors.js'),
  ]);
  try {
    return await app.get(TenantImportService).importTenant(file, options);
  } catch (error) {
    throw error instanceof ReservedSlugError ? new ArchiveConflictError(error.message) : error;
  }
}

/** `tenantry tenant:import`: restores one organization into the database that the environment names. */
export function importTenantCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'tenant:import',
    description: 'Restore an organization from an archive, whole or not at all: nothing is written unless it exits with 0.',
    examples: ['tenant:import acme.zip', 'tenant:import acme.zip --slug acme-restored --json', 'tenant:import acme.zip --move'],
    exits: { badArchive: 'the archive is not sound, or newer than the database', conflict: 'the organization, its slug or something of it is here already, or cannot be here' },
  })
    .argument('<file>', 'the archive')
    .option('--slug <slug>', 'give the organization another slug')
    .option('--move', 'the original is given up: go on with its customer at the payment provider')
    .action((file: string, options: ApplicationOptions & { slug?: string; move?: boolean }) =>
      runInApplication(terminal, { name: 'tenant:import', options }, async (app) => {
        const result = await withProgress(terminal, 'Restoring', (show) =>
          restore(app, file, { slug: options.slug, moved: options.move === true, onProgress: (table, rows) => show(`${table}, ${rows} rows`) }),
        );
        return { value: result, lines: () => imported(result) };
      }),
    );
}
