import type { Command } from 'commander';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { parseReason } from '../tenant-options.js';
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
  const { id, name, slug } = await app.get(TenantDirectoryService).getTenant(tenant);
  if (!(await confirmAction(terminal, `Reset the usage of ${meter ?? 'all counters'} for ${name} (${slug}) in the current period?`, yes))) return undefined;
  const { PlatformResetsService } = await import('../../modules/usage/grants/platform-resets.service.js');
  const meters = await app.get(PlatformResetsService).resetCounters(id, meter, reason);
  return { value: { id, slug, meters }, lines: () => table(meters.map((each) => [each.meter, `${each.units} units removed`])) };
}

/** `tenantry quota:reset`: resets the usage of a tenant. */
export const quotaResetCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'quota:reset',
    description: 'Resets the usage of a tenant in the current period by adding correction events to the ledger. Leases and reservations are kept.',
    examples: ['quota:reset --tenant lincoln --meter api_calls --reason "Incident 12"', 'quota:reset --tenant lincoln --yes --json'],
    exits: { notFound: 'the tenant does not exist' },
  })
    .requiredOption('--tenant <tenant>', 'id or slug of the tenant')
    .option('--meter <meter>', 'counter to reset (default: all counters)')
    .option('--reason <text>', 'reason, stored in the ledger; at most 500 characters', parseReason, 'reset by the operator')
    .option('--yes', 'skip the confirmation prompt')
    .action((options: ResetOptions) => runInApplication(terminal, { name: 'quota:reset', options }, (app) => reset(app, terminal, options)));
