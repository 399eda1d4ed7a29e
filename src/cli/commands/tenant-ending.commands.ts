import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import { tenantDirectory } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

const exits = { notFound: 'the tenant does not exist' } as const;

interface DeleteOptions extends ApplicationOptions {
  readonly hard?: boolean;
  readonly moved?: boolean;
  readonly yes?: boolean;
}

async function remove(app: NestFastifyApplication, terminal: Terminal, { tenant, options }: { tenant: string; options: DeleteOptions }): Promise<CommandOutput | undefined> {
  const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
  const hard = options.hard === true;
  const question = hard ? `Permanently erase ${name} (${slug}) and all its data?` : `Delete ${name} (${slug})? It can be restored for 30 days.`;
  if (!(await confirmAction(terminal, question, options.yes))) return undefined;
  const { TenantLifecycleService } = await import('../../modules/tenants/lifecycle/tenant-lifecycle.service.js');
  const lifecycle = app.get(TenantLifecycleService);
  await (hard ? withProgress(terminal, `Erasing ${slug}`, () => lifecycle.eraseTenant(id, { moved: options.moved === true })) : lifecycle.deleteTenant(id));
  return { value: { id, slug, deleted: hard ? 'hard' : 'soft' }, lines: () => [hard ? `${slug} was erased.` : `${slug} was deleted. To restore it, run tenant:restore.`] };
}

const deleteCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:delete',
    description: 'Deletes a tenant. It can be restored for 30 days; with --hard, it is erased immediately.',
    examples: ['tenant:delete lincoln', 'tenant:delete lincoln --hard --yes', 'tenant:delete lincoln --hard --moved'],
    exits,
  })
    .argument('<tenant>', 'id or slug of the tenant')
    .option('--hard', 'erase the tenant and all its data immediately and permanently')
    .option('--moved', 'with --hard: keep its subscription at the payment provider, because the tenant was moved (tenant:import --move)')
    .option('--yes', 'skip the confirmation prompt')
    .action((tenant: string, options: DeleteOptions) => runInApplication(terminal, { name: 'tenant:delete', options }, (app) => remove(app, terminal, { tenant, options })));

interface DeprovisionOptions extends ApplicationOptions {
  readonly backup?: string;
  readonly skipBackup?: boolean;
  readonly yes?: boolean;
}

async function close(app: NestFastifyApplication, terminal: Terminal, { tenant, options }: { tenant: string; options: DeprovisionOptions }): Promise<CommandOutput | undefined> {
  const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
  const question = `Close ${name} (${slug})${options.skipBackup === true ? ' without a backup' : ''} and erase it in 30 days?`;
  if (!(await confirmAction(terminal, question, options.yes))) return undefined;
  const { TenantDeprovisioningService } = await import('../../modules/tenants/lifecycle/tenant-deprovisioning.service.js');
  const backup = options.skipBackup === true ? false : (options.backup ?? true);
  const done = await withProgress(terminal, 'Writing the backup', (show) =>
    app.get(TenantDeprovisioningService).deprovisionTenant(id, backup, { onProgress: (table, rows) => show(`${table}, ${rows} rows`) }),
  );
  const note =
    'If you move the tenant (tenant:import --move), erase it here with tenant:delete --hard --moved. Otherwise its subscription at the payment provider ends when it is erased.';
  return { value: done, lines: () => [...table(Object.entries(done)), note] };
}

const deprovisionCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:deprovision',
    description: 'Takes a tenant out of service: writes a backup, closes the tenant, and erases it after 30 days.',
    examples: ['tenant:deprovision lincoln', 'tenant:deprovision lincoln --backup lincoln.zip --yes --json'],
    exits,
  })
    .argument('<tenant>', 'id or slug of the tenant')
    .option('--backup <file>', 'file for the backup, which tenant:import can restore (default: <DATA_DIR>/backups/…)')
    .option('--skip-backup', 'do not write a backup')
    .option('--yes', 'skip the confirmation prompt')
    .action((tenant: string, options: DeprovisionOptions) =>
      runInApplication(terminal, { name: 'tenant:deprovision', options }, (app) => close(app, terminal, { tenant, options })),
    );

/** The commands that delete or deprovision a tenant. They ask for confirmation. */
export const endingCommands = (terminal: Terminal): Command[] => [deprovisionCommand(terminal), deleteCommand(terminal)];
