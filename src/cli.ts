#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { createAdminCommand } from './cli/admin.command.js';
import { auditVerifyCommand } from './cli/audit.command.js';
import { catalogCheckCommand } from './cli/catalog.command.js';
import { doctorCommand } from './cli/doctor.command.js';
import { jobCommands } from './cli/job.commands.js';
import { migrateCommand } from './cli/migrate.command.js';
import { openApiCommand } from './cli/openapi.command.js';
import { quotaResetCommand } from './cli/quota.command.js';
import { tenantCommands } from './cli/tenant.commands.js';
import { rotateSecretsCommand } from './cli/secrets.command.js';
import { exportTenantCommand, importTenantCommand } from './cli/tenant-archive.command.js';

const program = new Command('tenantry')
  .description('Runs and inspects a tenantry installation. The environment is that of the server (.env.example).')
  .addCommand(doctorCommand())
  .addCommand(migrateCommand())
  .addCommand(createAdminCommand())
  .addCommand(catalogCheckCommand())
  .addCommand(rotateSecretsCommand())
  .addCommand(auditVerifyCommand())
  .addCommand(quotaResetCommand())
  .addCommand(exportTenantCommand())
  .addCommand(importTenantCommand())
  .addCommand(openApiCommand());

for (const command of [...tenantCommands(), ...jobCommands()]) program.addCommand(command);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
