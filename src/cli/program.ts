import { Command, CommanderError } from 'commander';
import { adoptCommand } from './commands/adopt.command.js';
import { adminCommands } from './commands/admin.command.js';
import { auditEraseCommand, auditRetentionCommand, auditVerifyCommand } from './commands/audit.command.js';
import { backupCommands } from './commands/backup.commands.js';
import { billingSyncCommand } from './commands/billing.command.js';
import { catalogCheckCommand } from './commands/catalog.command.js';
import { doctorCommand } from './commands/doctor.command.js';
import { erasureVerifyCommand } from './commands/erasure.command.js';
import { exitCodes } from './exit-codes.js';
import { jobCommands } from './commands/job.commands.js';
import { retentionPreviewCommand } from './commands/retention.command.js';
import { mailCommands } from './commands/mail.commands.js';
import { migrateCommand } from './commands/migrate.command.js';
import { openApiCommand } from './commands/openapi.command.js';
import { quotaResetCommand } from './commands/quota.command.js';
import { rotateSecretsCommand } from './commands/secrets.command.js';
import { exportTenantCommand, importTenantCommand } from './commands/tenant-archive.command.js';
import { serviceKeyCommands } from './commands/service-key.commands.js';
import { createTenantCommand } from './commands/tenant-create.command.js';
import { tenantCommands } from './commands/tenant.commands.js';
import { userCommands } from './commands/user.commands.js';
import { importUsersCommand } from './commands/users-import.command.js';
import { webhooksListenCommand } from './commands/webhooks-listen.command.js';
import type { Terminal } from './terminal.js';

const commands = [
  doctorCommand,
  migrateCommand,
  adoptCommand,
  catalogCheckCommand,
  billingSyncCommand,
  rotateSecretsCommand,
  auditVerifyCommand,
  auditEraseCommand,
  auditRetentionCommand,
  erasureVerifyCommand,
  quotaResetCommand,
  createTenantCommand,
  exportTenantCommand,
  importTenantCommand,
  importUsersCommand,
  webhooksListenCommand,
  openApiCommand,
] as const;

/** Builds the command line. A command loads its implementation when it runs, to keep the start fast. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('tenantry')
    .description('Operates a tenantry installation. Uses the same environment variables as the server (see .env.example).')
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .exitOverride();
  for (const each of [
    ...commands.map((make) => make(terminal)),
    ...adminCommands(terminal),
    ...userCommands(terminal),
    ...serviceKeyCommands(terminal),
    ...tenantCommands(terminal),
    ...backupCommands(terminal),
    ...jobCommands(terminal),
    retentionPreviewCommand(terminal),
    ...mailCommands(terminal),
  ])
    program.addCommand(each.copyInheritedSettings(program));
  return program;
}

/** Runs one command line, given without the program's name, and sets the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander throws to exit, including after --help. It has already printed its output.
    terminal.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}
