import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand } from '../command.js';
import type { CommandOutput } from '../output.js';
import { parseMeterLimit, definedValues, parseWholeNumber, provisioningOptions, type ProvisionOptions } from '../tenant-options.js';
import { provisioningExit, provisioningLines, tenantSummary } from '../tenant-summary.js';
import type { Terminal } from '../terminal.js';

interface CreateOptions extends ProvisionOptions {
  readonly name: string;
  readonly slug: string;
  readonly email: string;
  readonly tier?: string;
  readonly trialDays?: number;
  readonly limit: Record<string, number>;
  readonly maxUsers?: number;
  readonly maxClasses?: number;
  readonly maxStorageGb?: number;
  readonly displayName?: string;
  readonly description?: string;
  readonly phone?: string;
  readonly website?: string;
  readonly timezone?: string;
  readonly locale?: string;
  readonly skipProvision?: boolean;
}

const sheet = {
  name: 'tenant:create',
  description: 'Make a tenant and provision it. Prints a summary, with the generated password of its admin once.',
  examples: ['tenant:create --name "Lincoln School" --slug lincoln --email office@lincoln.example --tier education --limit roblox_sessions=80'],
  exits: { partly: 'made, but some steps of provisioning failed; tenant:provision does them again' },
} as const;

async function create(app: NestFastifyApplication, options: CreateOptions): Promise<CommandOutput> {
  const { TenantCreationService } = await import('../../modules/tenants/provisioning/tenant-creation.service.js');
  const { TenantDirectoryService } = await import('../../modules/tenants/tenant-directory.service.js');
  const { name, slug, email, tier, trialDays, displayName, description, phone, website, timezone, locale } = options;
  const limits = { ...options.limit, ...definedValues({ users: options.maxUsers, classes: options.maxClasses, storage_gb: options.maxStorageGb }) };
  const profile = definedValues({ plan: tier, trialDays, displayName, description, phone, website, timezone, locale });
  const tenant = { name, slug, email: email.toLowerCase(), ...profile, limits };
  const { id, provisioning } = await app.get(TenantCreationService).createTenant(tenant, options.skipProvision === true ? null : provisioningOptions(options));
  const made = await app.get(TenantDirectoryService).getTenantDetails(id);
  return {
    value: { ...made, provisioning },
    lines: () => [...tenantSummary(made), ...(provisioning === null ? [] : provisioningLines(provisioning))],
    exit: provisioning === null ? 'done' : provisioningExit(provisioning),
  };
}

/** `tenantry tenant:create`. */
export const createTenantCommand = (terminal: Terminal): Command =>
  applicationCommand(sheet)
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--slug <slug>', 'its slug: 3-63 lower-case letters, digits and hyphens')
    .requiredOption('--email <address>', 'where it is reached; also the admin, unless one is named')
    .option('--tier <plan>', 'a plan of the catalog; its default when left out')
    .option('--trial-days <days>', 'days of trial; those of the plan when left out', parseWholeNumber)
    .option('--max-users <n>', 'limit of the meter users', parseWholeNumber)
    .option('--max-classes <n>', 'limit of the meter classes', parseWholeNumber)
    .option('--max-storage-gb <n>', 'limit of the meter storage_gb', parseWholeNumber)
    .option('--limit <meter=n>', 'limit of any meter; may be given several times', parseMeterLimit, {})
    .option('--display-name <text>')
    .option('--description <text>')
    .option('--phone <number>')
    .option('--website <url>')
    .option('--timezone <name>', 'IANA time zone')
    .option('--locale <tag>', 'BCP 47 language tag')
    .option('--admin-email <address>')
    .option('--admin-username <name>', 'the name of the admin')
    .option('--admin-password <password>', 'one is made when left out')
    .option('--skip-provision', 'make the row only')
    .option('--skip-admin-user', 'provision without an admin')
    .option('--skip-email', 'send no welcome mail')
    .action((options: CreateOptions) => runInApplication(terminal, { name: sheet.name, options }, (app) => create(app, options)));
