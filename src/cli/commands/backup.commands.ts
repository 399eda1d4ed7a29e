import type { Command } from 'commander';
import type { BackupSummary } from '../../modules/tenants/backups/backup-index.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { imported, restoring } from './tenant-archive.command.js';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const lineOf = ({ backup, organizations, bytes, failed }: BackupSummary): string =>
  `${backup}  ${organizations} organizations, ${megabytes(bytes)}${failed.length === 0 ? '' : `, ${failed.length} failed`}`;

const made = (summary: BackupSummary): string[] => [
  `Made the backup ${lineOf(summary)}.`,
  ...summary.failed.map((id) => `The organization ${id} could not be backed up. The log says why.`),
];

function runCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'backup:run',
    description: 'Backs up all organizations to BACKUP_URL now, one archive of each. Continues a backup that was broken off if its name is given.',
    examples: ['backup:run', 'backup:run --name 2026-11-29T02-00-00Z --json'],
    exits: { partly: 'some organizations could not be backed up' },
  })
    .option('--name <name>', 'name of a backup that was broken off')
    .action((options: ApplicationOptions & { name?: string }) =>
      runInApplication(terminal, { name: 'backup:run', options }, async (app) => {
        const { BackupsService } = await import('../../modules/tenants/backups/backups.service.js');
        const summary = await withProgress(terminal, 'Backing up', (show) => app.get(BackupsService).makeBackup(options.name, { onOrganization: show }));
        return { value: summary, lines: () => made(summary), exit: summary.failed.length > 0 ? 'partly' : 'done' };
      }),
    );
}

function listCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'backup:list',
    description: 'Lists the complete backups of BACKUP_URL, newest first.',
    examples: ['backup:list', 'backup:list --json'],
  }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'backup:list', options }, async (app) => {
      const { BackupsService } = await import('../../modules/tenants/backups/backups.service.js');
      const data = await app.get(BackupsService).listBackups();
      return { value: { data }, lines: () => (data.length === 0 ? ['There is no backup.'] : data.map(lineOf)) };
    }),
  );
}

function restoreCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'backup:restore',
    description: 'Restores an organization from a backup, completely or not at all: unless the exit code is 0, nothing is written.',
    examples: ['backup:restore latest acme', 'backup:restore 2026-11-29T02-00-00Z acme --new-id --slug acme-before --json'],
    exits: {
      notFound: 'there is no such backup, or the organization is not in it',
      badArchive: 'the archive is invalid, or newer than the database',
      conflict: 'the organization, its slug or some of its data exists already, the slug cannot be used, or the catalog lacks something the organization uses',
    },
  })
    .argument('<backup>', 'name of the backup, or latest for the newest one that has the organization')
    .argument('<organization>', 'id or slug that the organization had')
    .option('--slug <slug>', 'give the organization a different slug')
    .option('--new-id', 'give the organization a new id, to restore it next to its original')
    .action((backup: string, organization: string, options: ApplicationOptions & { slug?: string; newId?: boolean }) =>
      runInApplication(terminal, { name: 'backup:restore', options }, async (app) => {
        const { BackupsService } = await import('../../modules/tenants/backups/backups.service.js');
        const result = await withProgress(terminal, 'Restoring', (show) =>
          restoring(() =>
            app.get(BackupsService).restoreOrganization(backup, organization, {
              slug: options.slug,
              newId: options.newId === true,
              onProgress: (table, rows) => show(`${table}, ${rows} rows`),
            }),
          ),
        );
        return { value: result, lines: () => [`From the backup ${result.backup}.`, ...imported(result)] };
      }),
    );
}

/** `tenantry backup:run`, `backup:list` and `backup:restore`. See docs/backup.md. */
export const backupCommands = (terminal: Terminal): Command[] => [runCommand, listCommand, restoreCommand].map((make) => make(terminal));
