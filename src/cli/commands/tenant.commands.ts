import type { Command } from 'commander';
import type { TenantLifecycleService } from '../../modules/tenants/lifecycle/tenant-lifecycle.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { endingCommands } from './tenant-ending.commands.js';
import { recoveryCommands } from './tenant-recovery.commands.js';
import { parseEmailAddress, parseReason, tenantDirectory, definedValues, parseWholeNumber, provisioningOptions, type ProvisionOptions } from '../tenant-options.js';
import { provisioningExit, provisioningLines, tenantSummary } from '../tenant-summary.js';
import type { Terminal } from '../terminal.js';
import { wholeQuery } from '../../common/http/pages/page.js';

const notFound = { notFound: 'the tenant does not exist' } as const;

interface ListOptions extends ApplicationOptions {
  readonly status?: never;
  readonly tier?: string;
  readonly search?: string;
  readonly deleted?: boolean;
  readonly limit: number;
}

const listCommand = (terminal: Terminal): Command =>
  applicationCommand({ name: 'tenant:list', description: 'Lists tenants, newest first.', examples: ['tenant:list --status trial --json'] })
    .option('--status <status>', 'only tenants with this status')
    .option('--tier <plan>', 'only tenants on this plan')
    .option('--search <text>', 'only tenants whose name, slug or email address contains this text')
    .option('--deleted', 'include deleted tenants')
    .option('--limit <n>', 'maximum number of tenants', parseWholeNumber, 100)
    .action((options: ListOptions) =>
      runInApplication(terminal, { name: 'tenant:list', options }, async (app) => {
        const query = definedValues({ status: options.status, plan: options.tier, search: options.search, deleted: options.deleted });
        const { data } = await (await tenantDirectory(app)).listTenants(wholeQuery({ ...query, limit: Math.min(options.limit, 1000) }));
        const lines = (): string[] =>
          data.map(({ id, slug, status, plan, deletedAt, name }) => `${id}  ${slug.padEnd(24)} ${(deletedAt === null ? status : 'deleted').padEnd(10)} ${plan.padEnd(14)} ${name}`);
        return { value: { data }, lines };
      }),
    );

const showCommand = (terminal: Terminal): Command =>
  applicationCommand({ name: 'tenant:show', description: 'Shows one tenant.', examples: ['tenant:show lincoln'], exits: notFound })
    .argument('<tenant>', 'id or slug of the tenant')
    .action((tenant: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'tenant:show', options }, async (app) => {
        const directory = await tenantDirectory(app);
        const details = await directory.toTenantDetails(await directory.getTenant(tenant));
        return { value: details, lines: () => tenantSummary(details) };
      }),
    );

const provisionCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:provision',
    description: 'Completes the provisioning of a tenant. Steps that are already done are skipped.',
    examples: ['tenant:provision lincoln', 'tenant:provision lincoln --skip-admin-user --json'],
    exits: { ...notFound, partly: 'some steps failed; run the command again to complete them' },
  })
    .argument('<tenant>', 'id or slug of the tenant')
    .option('--admin-email <address>', 'email address of the admin (default: the address of the tenant)', parseEmailAddress)
    .option('--admin-username <name>', 'name of the admin')
    .option('--admin-password <password>', 'password of the admin (default: generated)')
    .option('--skip-admin-user', 'do not create an admin')
    .option('--skip-email', 'do not send the welcome email')
    .action((tenant: string, options: ProvisionOptions) =>
      runInApplication(terminal, { name: 'tenant:provision', options }, async (app) => {
        const { TenantProvisioningService } = await import('../../modules/tenants/provisioning/tenant-provisioning.service.js');
        const { id } = await (await tenantDirectory(app)).getTenant(tenant);
        const result = await app.get(TenantProvisioningService).provisionTenant(id, provisioningOptions(options));
        return { value: result, lines: () => provisioningLines(result), exit: provisioningExit(result) };
      }),
    );

interface ChangeOptions extends ApplicationOptions {
  readonly reason?: string;
  readonly off?: boolean;
}

type Change = (lifecycle: TenantLifecycleService, id: string, options: ChangeOptions) => Promise<unknown>;

/** Creates a command that changes the state of a tenant and then shows the tenant. */
const changeCommand = (terminal: Terminal, definition: { readonly name: string; readonly description: string; readonly example: string }, change: Change): Command =>
  applicationCommand({ ...definition, examples: [`${definition.name} ${definition.example}`], exits: notFound })
    .argument('<tenant>', 'id or slug of the tenant')
    .action((tenant: string, options: ChangeOptions) =>
      runInApplication(terminal, { name: definition.name, options }, async (app) => {
        const { TenantLifecycleService } = await import('../../modules/tenants/lifecycle/tenant-lifecycle.service.js');
        const directory = await tenantDirectory(app);
        const { id } = await directory.getTenant(tenant);
        await change(app.get(TenantLifecycleService), id, options);
        const details = await directory.getTenantDetails(id);
        return { value: details, lines: () => tenantSummary(details) };
      }),
    );

/** `tenantry tenant:…`: manages tenants with the same services as the API. */
export function tenantCommands(terminal: Terminal): Command[] {
  const change = (name: string, description: string, example: string, does: Change): Command => changeCommand(terminal, { name, description, example }, does);
  return [
    listCommand(terminal),
    showCommand(terminal),
    provisionCommand(terminal),
    change(
      'tenant:suspend',
      'Suspends a tenant. Its access tokens, API keys and refresh tokens stop working immediately.',
      'lincoln --reason unpaid',
      (lifecycle, id, { reason }) => lifecycle.suspendTenant(id, reason),
    ).option('--reason <text>', 'reason, stored with the tenant; at most 500 characters', parseReason),
    change('tenant:activate', 'Activates a suspended, pending or cancelled tenant.', 'lincoln', (lifecycle, id) => lifecycle.activateTenant(id)),
    change('tenant:maintenance', 'Turns maintenance mode of a tenant on, or off with --off.', 'lincoln --off', (lifecycle, id, { off }) =>
      lifecycle.setTenantMaintenance(id, off !== true),
    ).option('--off', 'turn maintenance mode off'),
    change('tenant:restore', 'Restores a deleted tenant.', 'lincoln', (lifecycle, id) => lifecycle.restoreTenant(id)),
    ...recoveryCommands(terminal),
    ...endingCommands(terminal),
  ];
}
