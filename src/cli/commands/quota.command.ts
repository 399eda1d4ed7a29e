import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { confirmAction, table, type CommandOutput } from '../output.js';
import type { Terminal } from '../terminal.js';

interface ResetOptions extends ApplicationOptions {
  readonly tenant: string;
  readonly meter?: string;
  readonly reason: string;
  readonly yes?: boolean;
}

async function reset(app: NestFastifyApplication, terminal: Terminal, { tenant, meter, reason, yes }: ResetOptions): Promise<CommandOutput | undefined> {
  const { TenantDirectoryService } = await import('../../modules/tenants/tenant-directory.service.js');
  const found = await app.get(TenantDirectoryService).getTenant(tenant);
  const { id, name, slug } = found;
  if (!(await confirmAction(terminal, `Take back what ${name} (${slug}) has used of ${meter ?? 'every counter'} in the present period?`, yes))) return undefined;
  const { PlatformResetsService } = await import('../../modules/usage/grants/platform-resets.service.js');
  const meters = await app.get(PlatformResetsService).resetCounters(found, meter, reason.slice(0, 500));
  return { value: { id, slug, meters }, lines: () => table(meters.map((each) => [each.meter, `${each.units} taken back`])) };
}

/** `tenantry quota:reset`. */
export const quotaResetCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'quota:reset',
    description: 'Take back what a tenant has used in the present period, by counter-events in the ledger. What is held stays.',
    examples: ['quota:reset --tenant lincoln --meter api_calls --reason "Incident 12"', 'quota:reset --tenant lincoln --yes --json'],
    exits: { notFound: 'there is no such tenant' },
  })
    .requiredOption('--tenant <tenant>', 'its id or slug')
    .option('--meter <meter>', 'one counter; all of them when left out')
    .option('--reason <text>', 'for the ledger', 'reset by the operator')
    .option('--yes', 'do not ask')
    .action((options: ResetOptions) => runInApplication(terminal, { name: 'quota:reset', options }, (app) => reset(app, terminal, options)));
