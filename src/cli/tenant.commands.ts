import { Command, InvalidArgumentError } from 'commander';
import { TenantDeprovisioning } from '../modules/operator/tenant-deprovisioning.service.js';
import { TenantDirectory } from '../modules/operator/tenant-directory.service.js';
import { TenantLifecycle } from '../modules/operator/tenant-lifecycle.service.js';
import { TenantProvisioning } from '../modules/operator/tenant-provisioning.service.js';
import type { ProvisioningResult } from '../modules/operator/tenant-provisioning.policy.js';
import type { TenantDetailsDto } from '../modules/operator/tenants.dto.js';
import { command, run, type Common } from './operator-command.js';
import { confirmed, exitCodes, print, table } from './output.js';

interface CreateOptions extends Common {
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
  readonly adminEmail?: string;
  readonly adminUsername?: string;
  readonly adminPassword?: string;
  readonly skipProvision?: boolean;
  readonly skipAdminUser?: boolean;
  readonly skipEmail?: boolean;
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
};

const limitPair = (text: string, known: Record<string, number>): Record<string, number> => {
  const [, meter, units] = /^([a-z][a-z0-9_]*)=(\d{1,15})$/.exec(text) ?? [];
  if (meter === undefined) throw new InvalidArgumentError('Write it as meter=number, such as api_calls=100000.');
  return { ...known, [meter]: Number(units) };
};

const summary = (tenant: TenantDetailsDto): string[] =>
  table([
    ['id', tenant.id],
    ['name', tenant.name],
    ['slug', tenant.slug],
    ['e-mail', tenant.email],
    ['status', tenant.deletedAt === null ? tenant.status : `deleted, erased after ${tenant.eraseAfter?.toISOString()}`],
    ['tier', tenant.plan],
    ['limits', tenant.limits],
    ['trial ends', tenant.trialEndsAt],
    ['members', tenant.memberCount],
    ['owners', tenant.owners.map(({ email }) => email)],
    ['provisioned', tenant.provisioned],
  ]);

const provisioningLines = ({ status, adminUserId, adminPassword, stepsCompleted, errors }: ProvisioningResult): string[] => [
  ...table([
    ['provisioning', status],
    ['admin id', adminUserId],
    ...(adminPassword === undefined ? [] : [['admin password', `${adminPassword}   (shown only this once)`] as const]),
    ['steps done', stepsCompleted],
  ]),
  ...errors.map(({ step, message }) => `  ! ${step}: ${message}`),
];

const codeOf = ({ status }: ProvisioningResult): number => ({ success: exitCodes.done, partial_success: exitCodes.partly, failed: exitCodes.failed })[status];
const set = <Value extends object>(values: Value): { [Key in keyof Value]-?: NonNullable<Value[Key]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

function createCommand(): Command {
  return command('tenant:create', 'Make a tenant and provision it. Prints a summary, with the generated password of its admin once.')
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--slug <slug>', 'its slug: 3-63 lower-case letters, digits and hyphens')
    .requiredOption('--email <address>', 'where it is reached; also the admin, unless one is named')
    .option('--tier <plan>', 'a plan of the catalog; its default when left out')
    .option('--trial-days <days>', 'days of trial; those of the plan when left out', wholeNumber)
    .option('--max-users <n>', 'limit of the meter users', wholeNumber)
    .option('--max-classes <n>', 'limit of the meter classes', wholeNumber)
    .option('--max-storage-gb <n>', 'limit of the meter storage_gb', wholeNumber)
    .option('--limit <meter=n>', 'limit of any meter; may be given several times', limitPair, {})
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
    .addHelpText(
      'after',
      '\nExample:\n  npx tenantry tenant:create --name "Lincoln School" --slug lincoln --email office@lincoln.example --tier education --limit roblox_sessions=80',
    )
    .action(async (options: CreateOptions) => {
      await run(options, 'tenant:create', async (app) => {
        const { name, slug, email, tier, trialDays, displayName, description, phone, website, timezone, locale } = options;
        const limits = { ...options.limit, ...set({ users: options.maxUsers, classes: options.maxClasses, storage_gb: options.maxStorageGb }) };
        const tenant = await app
          .get(TenantLifecycle)
          .create({ name, slug, email: email.toLowerCase(), ...set({ plan: tier, trialDays, displayName, description, phone, website, timezone, locale }), limits });
        const wish = set({ adminEmail: options.adminEmail, adminUsername: options.adminUsername, adminPassword: options.adminPassword });
        const asked = { ...wish, createAdminUser: options.skipAdminUser !== true, sendWelcomeEmail: options.skipEmail !== true };
        const provisioning = options.skipProvision === true ? null : await app.get(TenantProvisioning).provision(tenant.id, asked);
        const made = await app.get(TenantDirectory).get(tenant.id);
        print(options.json, { ...made, provisioning }, () => [...summary(made), ...(provisioning === null ? [] : provisioningLines(provisioning))]);
        return provisioning === null ? exitCodes.done : codeOf(provisioning);
      });
    });
}

function listCommand(): Command {
  return command('tenant:list', 'List tenants, newest first.')
    .option('--status <status>')
    .option('--tier <plan>')
    .option('--search <text>', 'in name, slug or e-mail address')
    .option('--deleted', 'deleted ones too')
    .option('--limit <n>', 'at most so many', wholeNumber, 100)
    .action(async (options: Common & { status?: never; tier?: string; search?: string; deleted?: boolean; limit: number }) => {
      await run(options, 'tenant:list', async (app) => {
        const query = set({ status: options.status, plan: options.tier, search: options.search, deleted: options.deleted });
        const { data } = await app.get(TenantDirectory).list({ ...query, limit: Math.min(options.limit, 1000) });
        print(options.json, { data }, () =>
          data.map(({ id, slug, status, plan, deletedAt, name }) => `${id}  ${slug.padEnd(24)} ${(deletedAt === null ? status : 'deleted').padEnd(10)} ${plan.padEnd(14)} ${name}`),
        );
      });
    });
}

function showCommand(): Command {
  return command('tenant:show', 'Show one tenant.')
    .argument('<tenant>', 'its id or slug')
    .action(async (tenant: string, options: Common) => {
      await run(options, 'tenant:show', async (app) => {
        const directory = app.get(TenantDirectory);
        const details = await directory.details(await directory.find(tenant));
        print(options.json, details, () => summary(details));
      });
    });
}

function provisionCommand(): Command {
  return command('tenant:provision', 'Finish what is missing of a tenant; repeats nothing. Exits with 4 when some steps failed.')
    .argument('<tenant>', 'its id or slug')
    .option('--admin-email <address>')
    .option('--admin-username <name>')
    .option('--admin-password <password>')
    .option('--skip-admin-user')
    .option('--skip-email')
    .action(async (tenant: string, options: Common & Pick<CreateOptions, 'adminEmail' | 'adminUsername' | 'adminPassword' | 'skipAdminUser' | 'skipEmail'>) => {
      await run(options, 'tenant:provision', async (app) => {
        const { id } = await app.get(TenantDirectory).find(tenant);
        const wish = set({ adminEmail: options.adminEmail, adminUsername: options.adminUsername, adminPassword: options.adminPassword });
        const result = await app.get(TenantProvisioning).provision(id, { ...wish, createAdminUser: options.skipAdminUser !== true, sendWelcomeEmail: options.skipEmail !== true });
        print(options.json, result, () => provisioningLines(result));
        return codeOf(result);
      });
    });
}

type Change = (lifecycle: TenantLifecycle, id: string, options: { readonly reason?: string; readonly off?: boolean }) => Promise<unknown>;

/** A command that changes a tenant's state, and shows it then. */
function changeCommand(name: string, description: string, change: Change): Command {
  return command(name, description)
    .argument('<tenant>', 'its id or slug')
    .action(async (tenant: string, options: Common & { reason?: string; off?: boolean }) => {
      await run(options, name, async (app) => {
        const directory = app.get(TenantDirectory);
        const { id } = await directory.find(tenant);
        await change(app.get(TenantLifecycle), id, options);
        const details = await directory.get(id);
        print(options.json, details, () => summary(details));
      });
    });
}

function deleteCommand(): Command {
  return command('tenant:delete', 'Delete a tenant: softly, so that it can be restored for 30 days, or for good.')
    .argument('<tenant>', 'its id or slug')
    .option('--hard', 'erase it with all that it has, at once and for good')
    .option('--yes', 'do not ask')
    .action(async (tenant: string, options: Common & { hard?: boolean; yes?: boolean }) => {
      await run(options, 'tenant:delete', async (app) => {
        const { id, name, slug } = await app.get(TenantDirectory).find(tenant);
        const question = options.hard === true ? `Erase ${name} (${slug}) with all that it has, for good?` : `Delete ${name} (${slug})? It can be restored for 30 days.`;
        if (!(await confirmed(question, options.yes))) return exitCodes.usage;
        const lifecycle = app.get(TenantLifecycle);
        await (options.hard === true ? lifecycle.erase(id) : lifecycle.delete(id));
        print(options.json, { id, slug, deleted: options.hard === true ? 'hard' : 'soft' }, () => [
          options.hard === true ? 'It is erased.' : 'It is deleted; tenant:restore takes that back.',
        ]);
        return exitCodes.done;
      });
    });
}

function deprovisionCommand(): Command {
  return command('tenant:deprovision', 'Take a tenant out of service: a backup first, then it is closed, and erased after 30 days.')
    .argument('<tenant>', 'its id or slug')
    .option('--backup <file>', 'the archive to write, which tenant:import restores; <DATA_DIR>/backups/… when left out')
    .option('--skip-backup', 'write none')
    .option('--yes', 'do not ask')
    .action(async (tenant: string, options: Common & { backup?: string; skipBackup?: boolean; yes?: boolean }) => {
      await run(options, 'tenant:deprovision', async (app) => {
        const { id, name, slug } = await app.get(TenantDirectory).find(tenant);
        if (!(await confirmed(`Close ${name} (${slug})${options.skipBackup === true ? ' without a backup' : ''}, to be erased in 30 days?`, options.yes))) return exitCodes.usage;
        const done = await app.get(TenantDeprovisioning).deprovision(id, options.skipBackup === true ? false : (options.backup ?? true));
        print(options.json, done, () => table(Object.entries(done)));
        return exitCodes.done;
      });
    });
}

/** `tenantry tenant:…`: what the operator does, from the shell, by the services of the API. */
export function tenantCommands(): Command[] {
  return [
    createCommand(),
    listCommand(),
    showCommand(),
    provisionCommand(),
    changeCommand('tenant:suspend', 'Shut a tenant at once.', (lifecycle, id, { reason }) => lifecycle.suspend(id, reason)).option('--reason <text>', 'for the records'),
    changeCommand('tenant:activate', 'Open a tenant again.', (lifecycle, id) => lifecycle.activate(id)),
    changeCommand('tenant:maintenance', 'Switch the maintenance mode of a tenant on, or --off.', (lifecycle, id, { off }) => lifecycle.setMaintenance(id, off !== true)).option(
      '--off',
      'switch it off',
    ),
    changeCommand('tenant:restore', 'Take the deletion of a tenant back.', (lifecycle, id) => lifecycle.restore(id)),
    deprovisionCommand(),
    deleteCommand(),
  ];
}
