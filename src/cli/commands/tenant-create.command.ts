import { Option, type Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { BillingMode } from '../../generated/prisma/client.js';
import { AppConfig } from '../../config/app-config.js';
import { runInApplication, applicationCommand } from '../command.js';
import type { CommandOutput } from '../output.js';
import { parseEmailAddress, parseMeterLimit, definedValues, parseLocale, parseTimeZone, parseWholeNumber, provisioningOptions, type ProvisionOptions } from '../tenant-options.js';
import { billingLines, provisioningExit, provisioningLines, tenantSummary } from '../tenant-summary.js';
import type { Terminal } from '../terminal.js';

interface CreateOptions extends ProvisionOptions {
  readonly name: string;
  readonly slug: string;
  readonly email: string;
  readonly tier?: string;
  readonly trialDays?: number;
  readonly billing?: BillingMode;
  readonly limit?: Record<string, number>;
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

const definition = {
  name: 'tenant:create',
  description: 'Creates a tenant, provisions it, and prints a summary. A generated admin password is printed only once.',
  examples: ['tenant:create --name "Lincoln School" --slug lincoln --email office@lincoln.example --tier pro --limit storage_gb=80'],
  exits: { partly: 'created, but some provisioning steps failed; run tenant:provision to complete them' },
} as const;

async function create(app: NestFastifyApplication, options: CreateOptions): Promise<CommandOutput> {
  const { TenantCreationService } = await import('../../modules/tenants/provisioning/tenant-creation.service.js');
  const { TenantDirectoryService } = await import('../../modules/tenants/tenant-directory.service.js');
  const { name, slug, email, tier, trialDays, billing, displayName, description, phone, website, timezone, locale } = options;
  const membersMeter = app.get(AppConfig).catalog.meterThatTracks('members') ?? 'seats';
  const limits = { ...options.limit, ...definedValues({ [membersMeter]: options.maxUsers, classes: options.maxClasses, storage_gb: options.maxStorageGb }) };
  const profile = definedValues({ plan: tier, trialDays, billing, displayName, description, phone, website, timezone, locale });
  const tenant = { name, slug, email, ...profile, limits };
  const { id, invoice, provisioning } = await app.get(TenantCreationService).createTenant(tenant, options.skipProvision === true ? null : provisioningOptions(options));
  const created = await app.get(TenantDirectoryService).getTenantDetails(id);
  return {
    value: { ...created, invoice, provisioning },
    lines: () => [...tenantSummary(created), ...billingLines(created, invoice), ...(provisioning === null ? [] : provisioningLines(provisioning))],
    exit: provisioning === null ? 'done' : provisioningExit(provisioning),
  };
}

/** `tenantry tenant:create`. */
export const createTenantCommand = (terminal: Terminal): Command =>
  applicationCommand(definition)
    .requiredOption('--name <name>', 'name of the tenant')
    .requiredOption('--slug <slug>', 'slug of the tenant: 3 to 63 lowercase letters, digits and hyphens')
    .requiredOption('--email <address>', 'contact address; also the address of the admin unless --admin-email is given', parseEmailAddress)
    .option('--tier <plan>', 'plan of the catalog (default: the default plan of the catalog)')
    .option('--trial-days <days>', 'length of the trial in days (default: the trial of the plan)', parseWholeNumber)
    .addOption(new Option('--billing <mode>', 'who bills the tenant (default: the mode of the installation)').choices(['none', 'invoice', 'provider']))
    .option('--max-users <n>', 'limit for the meter that counts the members: users, seats, or as the catalog names it', parseWholeNumber)
    .option('--max-classes <n>', 'limit for the meter classes, if the catalog has it', parseWholeNumber)
    .option('--max-storage-gb <n>', 'limit for the meter storage_gb, if the catalog has it', parseWholeNumber)
    .option('--limit <meter=n>', 'limit for a meter; can be repeated', parseMeterLimit)
    .option('--display-name <text>', 'name shown to users')
    .option('--description <text>', 'description')
    .option('--phone <number>', 'phone number')
    .option('--website <url>', 'website')
    .option('--timezone <name>', 'IANA time zone', parseTimeZone)
    .option('--locale <tag>', 'BCP 47 language tag', parseLocale)
    .option('--admin-email <address>', 'email address of the admin (default: --email)', parseEmailAddress)
    .option('--admin-username <name>', 'name of the admin')
    .option('--admin-password <password>', 'password of the admin (default: generated)')
    .option('--skip-provision', 'create the tenant without provisioning it')
    .option('--skip-admin-user', 'do not create an admin')
    .option('--skip-email', 'do not send the welcome email')
    .action((options: CreateOptions) => runInApplication(terminal, { name: definition.name, options }, (app) => create(app, options)));
