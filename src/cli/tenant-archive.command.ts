import { Command, Option } from 'commander';
import { loadEnv } from '../config/env.js';
import { ArchiveConflictError, BadArchiveError, UnknownOrganizationError } from '../modules/tenants/archive/archive.errors.js';
import { ReservedSlugError } from '../modules/tenants/tenants.errors.js';
import { TenantExport, type ArchiveProgress, type ExportResult } from '../modules/tenants/tenant-export.service.js';
import { TenantImport, type ImportResult } from '../modules/tenants/tenant-import.service.js';
import { withApplication } from './with-application.js';

/** What a script can tell from the exit code; everything else that goes wrong is 1. */
const exitCodes = [
  { code: 2, errors: [UnknownOrganizationError] },
  { code: 3, errors: [BadArchiveError] },
  { code: 4, errors: [ArchiveConflictError, ReservedSlugError] },
] as const;

async function exiting(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const known = exitCodes.find(({ errors }) => errors.some((type) => error instanceof type));
    if (known === undefined) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = known.code;
  }
}

/** A line that is written over and over, for who looks on. */
const progressLine: ArchiveProgress = (table, rows) => void process.stderr.write(`\r\u001B[K${table}: ${rows} rows`);

async function withProgress<Result>(work: (onProgress: ArchiveProgress) => Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return work(() => undefined);
  try {
    return await work(progressLine);
  } finally {
    process.stderr.write('\r\u001B[K');
  }
}

const total = (tables: Readonly<Record<string, number>>): string => {
  const rows = Object.values(tables).reduce((sum, each) => sum + each, 0);
  return `${rows} rows in ${Object.keys(tables).length} tables`;
};

const exported = ({ organization, tables }: ExportResult, out: string): string =>
  `Wrote ${organization.slug} (${organization.id}) to ${out}: ${total(tables)}.\nIt holds credentials. Keep it like a backup of the database.\n`;

function imported({ organization, tables, users, unreadable }: ImportResult): string {
  const warnings = Object.entries(unreadable).map(
    ([table, count]) => `${table}: ${count} sealed values cannot be opened with the secrets that are known. Set the other APP_SECRET as APP_SECRET_PREVIOUS.\n`,
  );
  const people = `${users.created} users made, ${users.kept} were here, ${users.matched} were here with the same verified address`;
  return `Restored ${organization.slug} (${organization.id}): ${total(tables)}; ${people}.\n${warnings.join('')}`;
}

/** `tenantry tenant:export`: a backup of one organization. docs/backup.md has the whole story. */
export function exportTenantCommand(): Command {
  return new Command('tenant:export')
    .description('Write all that belongs to one organization into an archive (a zip of NDJSON files), as it is at one moment.')
    .argument('<organization>', 'its id or slug')
    .addOption(new Option('--out <file>', 'the archive to write; must not be there yet').makeOptionMandatory())
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExits with 0, 1 when something went wrong, 2 when there is no such organization.\n\nExamples:\n  tenantry tenant:export acme --out acme.zip\n  tenantry tenant:export 01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024 --out acme.zip --json',
    )
    .action((organization: string, { out, json }: { out: string; json?: boolean }) =>
      exiting(async () => {
        const result = await withApplication(loadEnv(), 'tenant:export', (app) => withProgress((onProgress) => app.get(TenantExport).write(organization, out, onProgress)));
        process.stdout.write(json === true ? `${JSON.stringify({ ...result, file: out }, null, 2)}\n` : exported(result, out));
      }),
    );
}

/** `tenantry tenant:import`: restores one organization into the database that the environment names. */
export function importTenantCommand(): Command {
  return new Command('tenant:import')
    .description('Restore an organization from an archive, whole or not at all.')
    .argument('<file>', 'the archive')
    .option('--slug <slug>', 'give the organization another slug')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExits with 0, 1 when something went wrong, 3 when the archive is not sound or newer than the database, 4 when the organization\n(or its slug, or something else of it) is here already. Nothing is written unless it exits with 0.\n\nExamples:\n  tenantry tenant:import acme.zip\n  tenantry tenant:import acme.zip --slug acme-restored --json',
    )
    .action((file: string, { slug, json }: { slug?: string; json?: boolean }) =>
      exiting(async () => {
        const result = await withApplication(loadEnv(), 'tenant:import', (app) => withProgress((onProgress) => app.get(TenantImport).restore(file, { slug, onProgress })));
        process.stdout.write(json === true ? `${JSON.stringify(result, null, 2)}\n` : imported(result));
      }),
    );
}
