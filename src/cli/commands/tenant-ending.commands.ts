import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import { tenantDirectory } from '../tenant-options.js';
import type { Terminal } from '../terminal.js';

const exits = { notFound: 'there is no such tenant' } as const;

interface DeleteOptions extends ApplicationOptions {
  readonly hard?: boolean;
  readonly moved?: boolean;
  readonly yes?: boolean;
}

async function remove(app: NestFastifyApplication, terminal: Terminal, { tenant, options }: { tenant: string; options: DeleteOptions }): Promise<CommandOutput | undefined> {
  const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
  const hard = options.hard === true;
  const question = hard ? `Erase ${name} (${slug}) with all that it has, for good?` : `Delete ${name} (${slug})? It can be restored for 30 days.`;
  if (!(await confirmAction(terminal, question, options.yes))) return undefined;
  const { TenantLifecycleService } = await import('../../modules/tenants/lifecycle/tenant-lifecycle.service.js');
  const lifecycle = app.get(TenantLifecycleService);
  await (hard ? withProgress(terminal, `Erasing ${slug}`, () => lifecycle.eraseTenant(id, { moved: options.moved === true })) : lifecycle.deleteTenant(id));
  return { value: { id, slug, deleted: hard ? 'hard' : 'soft' }, lines: () => [hard ? 'It is erased.' : 'It is deleted; tenant:restore takes that back.'] };
}

const deleteCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:delete',
    description: 'Delete a tenant: softly, so that it can be restored for 30 days, or for good.',
    examples: ['tenant:delete lincoln', 'tenant:delete lincoln --hard --yes', 'tenant:delete lincoln --hard --moved'],
    exits,
  })
    .argument('<tenant>', 'its id or slug')
    .option('--hard', 'erase it with all that it has, at once and for good')
    .option('--moved', 'with --hard: it lives on elsewhere (tenant:import --move), so leave what it pays at the payment provider')
    .option('--yes', 'do not ask')
    .action((tenant: string, options: DeleteOptions) => runInApplication(terminal, { name: 'tenant:delete', options }, (app) => remove(app, terminal, { tenant, options })));

interface DeprovisionOptions extends ApplicationOptions {
  readonly backup?: string;
  readonly skipBackup?: boolean;
  readonly yes?: boolean;
}

async function close(app: NestFastifyApplication, terminal: Terminal, { tenant, options }: { tenant: string; options: DeprovisionOptions }): Promise<CommandOutput | undefined> {
  const { id, name, slug } = await (await tenantDirectory(app)).getTenant(tenant);
  const question = `Close ${name} (${slug})${options.skipBackup === true ? ' without a backup' : ''}, to be erased in 30 days?`;
  if (!(await confirmAction(terminal, question, options.yes))) return undefined;
  const { TenantDeprovisioningService } = await import('../../modules/tenants/lifecycle/tenant-deprovisioning.service.js');
  const backup = options.skipBackup === true ? false : (options.backup ?? true);
  const done = await withProgress(terminal, 'Writing the backup', (show) =>
    app.get(TenantDeprovisioningService).deprovisionTenant(id, backup, { onProgress: (table, rows) => show(`${table}, ${rows} rows`) }),
  );
  const moving = 'If it lives on elsewhere (tenant:import --move): tenant:delete --hard --moved, or what it pays at the payment provider ends.';
  return { value: done, lines: () => [...table(Object.entries(done)), moving] };
}

const deprovisionCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'tenant:deprovision',
    description: 'Take a tenant out of service: a backup first, then it is closed, and erased after 30 days.',
    examples: ['tenant:deprovision lincoln', 'tenant:deprovision lincoln --backup lincoln.zip --yes --json'],
    exits,
  })
    .argument('<tenant>', 'its id or slug')
    .option('--backup <file>', 'the archive to write, which tenant:import restores; <DATA_DIR>/backups/… when left out')
    .option('--skip-backup', 'write none')
    .option('--yes', 'do not ask')
    .action((tenant: string, options: DeprovisionOptions) =>
      runInApplication(terminal, { name: 'tenant:deprovision', options }, (app) => close(app, terminal, { tenant, options })),
    );

/** What takes a tenant away; it asks first. */
export const endingCommands = (terminal: Terminal): Command[] => [deprovisionCommand(terminal), deleteCommand(terminal)];
