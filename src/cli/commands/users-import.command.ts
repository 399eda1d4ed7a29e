import { open } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RefusedRow } from '../../modules/tenants/users-import/imported-user.policy.js';
import type { UsersImportResult } from '../../modules/tenants/users-import/users-import.service.js';
import { applicationCommand, runInApplication, type ApplicationOptions } from '../command.js';
import type { CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import { parseReason } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

interface ImportOptions extends ApplicationOptions {
  readonly format?: 'csv' | 'ndjson';
  readonly organization?: string;
  readonly role?: string;
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly addMemberships?: boolean;
  readonly exceedSeats?: string;
  readonly fromLine: number;
}

const parseLine = (text: string): number => {
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new InvalidArgumentError('It must be a line number, 1 or greater.');
  return Number(text);
};

const formatOf = (file: string): 'csv' | 'ndjson' => (/\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv');

function summary({ dryRun, created, memberships, existing, refused, lastLine }: UsersImportResult, report: string): string[] {
  const verb = dryRun ? 'would be created' : 'created';
  return [
    `${created} users and ${memberships} memberships ${verb}, up to line ${lastLine}.`,
    ...(existing + refused > 0 ? [`${existing} users existed, and ${refused} lines were refused: ${report}`] : []),
  ];
}

async function importUsers(app: NestFastifyApplication, terminal: Terminal, file: string, options: ImportOptions): Promise<CommandOutput> {
  const { UsersImportService } = await import('../../modules/tenants/users-import/users-import.service.js');
  const path = options.report ?? `${file}.report.ndjson`;
  // It names people, so only its owner can read it.
  const report = await open(path, 'w', 0o600);
  try {
    const write = async (rows: readonly RefusedRow[]): Promise<void> => {
      if (rows.length > 0) await report.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    };
    const result = await withProgress(terminal, 'Importing', (show) =>
      app.get(UsersImportService).importUsers(file, {
        format: options.format ?? formatOf(file),
        organization: options.organization,
        role: options.role,
        dryRun: options.dryRun === true,
        fromLine: options.fromLine,
        addMemberships: options.addMemberships === true,
        exceedSeats: options.exceedSeats,
        report: write,
        onProgress: (line) => show(`line ${line}`),
      }),
    );
    return { value: { ...result, report: path }, lines: () => summary(result, path), exit: result.refused > 0 ? 'partly' : 'done' };
  } finally {
    await report.close();
  }
}

/** `tenantry users:import`: creates users with the password hashes of another application. See docs/import-users.md. */
export const importUsersCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'users:import',
    description: 'Creates the users of a CSV or NDJSON file, with their password hashes. Users who exist already are reported, and not changed.',
    examples: ['users:import users.csv --dry-run', 'users:import users.ndjson --organization acme --role member --report report.ndjson'],
    exits: { partly: 'some lines were refused; the report has them with their line numbers' },
  })
    .argument('<file>', 'file with the fields email or userName, name, emailVerified, createdAt, organization, role, passwordHash')
    .addOption(new Option('--format <format>', 'format of the file (default: by its name)').choices(['csv', 'ndjson']))
    .option('--organization <organization>', 'id or slug, for lines that name no organization')
    .option('--role <role>', 'role, for lines that name no role')
    .option('--report <file>', 'file for the lines that are not imported (default: <file>.report.ndjson)')
    .option('--dry-run', 'check all lines, and write nothing except the report')
    .option('--add-memberships', 'give users who exist already, with a verified address, the membership of their line')
    .option('--exceed-seats <reason>', 'let members exceed the seats; the audit log records the reason', parseReason)
    .option('--from-line <line>', 'continue at this line of the file', parseLine, 1)
    .action((file: string, options: ImportOptions) => runInApplication(terminal, { name: 'users:import', options }, (app) => importUsers(app, terminal, file, options)));
