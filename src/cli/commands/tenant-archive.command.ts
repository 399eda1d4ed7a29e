import type { Command } from 'commander';
import { ArchiveConflictError } from '../../modules/tenants/archive/archive.errors.js';
import type { ExportResult } from '../../modules/tenants/archive/tenant-export.service.js';
import type { ImportResult } from '../../modules/tenants/archive/tenant-import.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

const countRows = (tables: Readonly<Record<string, number>>): string => {
  const rows = Object.values(tables).reduce((sum, each) => sum + each, 0);
  return `${rows} rows in ${Object.keys(tables).length} tables`;
};

const exported = ({ organization, tables }: ExportResult, out: string): string[] => [
  `Exported ${organization.slug} (${organization.id}) to ${out}: ${countRows(tables)}.`,
  'The archive contains credentials. Store it as securely as a database backup.',
];

const customerNotMoved =
  'The customer at the payment provider still belongs to the original organization. The restored organization is invoiced by this installation from the next period on. To move the customer, import with --move.';

/** Returns the report of a restoration. */
export function imported({ organization, tables, users, unreadable, detached }: ImportResult): string[] {
  const warnings = Object.entries(unreadable).map(
    ([table, count]) => `${table}: ${count} encrypted values cannot be decrypted with APP_SECRET or APP_SECRET_PREVIOUS. Add the APP_SECRET of the source to APP_SECRET_PREVIOUS.`,
  );
  const people = `${users.created} users created, ${users.kept} already present, ${users.matched} matched by verified email address`;
  return [`Imported ${organization.slug} (${organization.id}): ${countRows(tables)}; ${people}.`, ...warnings, ...(detached ? [customerNotMoved] : [])];
}

/** `tenantry tenant:export`: writes a backup of one organization. See docs/backup.md. */
export function exportTenantCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'tenant:export',
    description: 'Exports all data of one organization to an archive (a zip of NDJSON files), as of one moment.',
    examples: ['tenant:export acme --out acme.zip', 'tenant:export 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --out acme.zip --json'],
    exits: { notFound: 'the organization does not exist' },
  })
    .argument('<organization>', 'id or slug of the organization')
    .requiredOption('--out <file>', 'archive to write; the file must not exist')
    .action((organization: string, options: ApplicationOptions & { out: string }) =>
      runInApplication(terminal, { name: 'tenant:export', options }, async (app) => {
        const { TenantExportService } = await import('../../modules/tenants/archive/tenant-export.service.js');
        const tenantExport = app.get(TenantExportService);
        const result = await withProgress(terminal, 'Exporting', (show) => tenantExport.exportTenant(organization, options.out, (table, rows) => show(`${table}, ${rows} rows`)));
        return { value: { ...result, file: options.out }, lines: () => exported(result, options.out) };
      }),
    );
}

/** Runs a restoration. A slug that cannot be used is a conflict, as one that is taken. */
export async function restoring<Result>(work: () => Promise<Result>): Promise<Result> {
  const { ReservedSlugError } = await import('../../modules/organizations/organizations.errors.js');
  try {
    return await work();
  } catch (error) {
    throw error instanceof ReservedSlugError ? new ArchiveConflictError(error.message) : error;
  }
}

/** `tenantry tenant:import`: restores one organization into the configured database. */
export function importTenantCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'tenant:import',
    description: 'Restores an organization from an archive, completely or not at all: unless the exit code is 0, nothing is written.',
    examples: ['tenant:import acme.zip', 'tenant:import acme.zip --slug acme-restored --json', 'tenant:import acme.zip --move', 'tenant:import acme.zip --new-id --slug acme-copy'],
    exits: {
      badArchive: 'the archive is invalid, or newer than the database',
      conflict: 'the organization, its slug or some of its data exists already, the slug cannot be used, or the catalog lacks something the organization uses',
    },
  })
    .argument('<file>', 'archive to restore')
    .option('--slug <slug>', 'give the organization a different slug')
    .option('--new-id', 'give the organization a new id, to restore it next to its original')
    .option('--move', 'move the organization: continue with its customer at the payment provider')
    .action((file: string, options: ApplicationOptions & { slug?: string; newId?: boolean; move?: boolean }) =>
      runInApplication(terminal, { name: 'tenant:import', options }, async (app) => {
        const { TenantImportService } = await import('../../modules/tenants/archive/tenant-import.service.js');
        const tenantImport = app.get(TenantImportService);
        const chosen = { slug: options.slug, newId: options.newId === true, moved: options.move === true };
        const result = await withProgress(terminal, 'Importing', (show) =>
          restoring(() => tenantImport.importTenant(file, { ...chosen, onProgress: (table, rows) => show(`${table}, ${rows} rows`) })),
        );
        return { value: result, lines: () => imported(result) };
      }),
    );
}
