import type { Command } from 'commander';
import { TenantDirectory } from '../modules/operator/tenant-directory.service.js';
import { PlatformResets } from '../modules/usage/platform-resets.service.js';
import { command, run, type Common } from './operator-command.js';
import { confirmed, exitCodes, print, table } from './output.js';

interface ResetOptions extends Common {
  readonly tenant: string;
  readonly meter?: string;
  readonly reason: string;
  readonly yes?: boolean;
}

/** `tenantry quota:reset`. */
export function quotaResetCommand(): Command {
  return command('quota:reset', 'Take back what a tenant has used in the present period, by counter-events in the ledger. What is held stays.')
    .requiredOption('--tenant <tenant>', 'its id or slug')
    .option('--meter <meter>', 'one counter; all of them when left out')
    .option('--reason <text>', 'for the ledger', 'reset by the operator')
    .option('--yes', 'do not ask')
    .action(async ({ tenant, meter, reason, yes, ...options }: ResetOptions) => {
      await run(options, 'quota:reset', async (app) => {
        const found = await app.get(TenantDirectory).find(tenant);
        const question = `Take back what ${found.name} (${found.slug}) has used of ${meter ?? 'every counter'} in the present period?`;
        if (!(await confirmed(question, yes))) return exitCodes.usage;
        const meters = await app.get(PlatformResets).reset(found, meter, reason.slice(0, 500));
        print(options.json, { id: found.id, slug: found.slug, meters }, () => table(meters.map((each) => [each.meter, `${each.units} taken back`])));
        return exitCodes.done;
      });
    });
}
