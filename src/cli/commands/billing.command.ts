import type { Command } from 'commander';
import type { CatalogSync } from '../../modules/billing/stripe/sync/stripe-sync-run.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Terminal } from '../terminal.js';

interface SyncOptions extends ApplicationOptions {
  readonly dryRun?: boolean;
}

function describe({ made, differ, alike }: CatalogSync, dryRun: boolean): string[] {
  return [
    ...made.map((each) => `${dryRun ? 'would make' : 'made'} ${each}`),
    ...differ.map(({ price, what }) => `${price} differs: ${what.join('; ')}`),
    `${alike} price(s) are as in the catalog.`,
  ];
}

/** `tenantry billing:sync`: what the catalog sells, at the payment provider. */
export const billingSyncCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'billing:sync',
    description: 'Make the products, prices, meters and features of the catalog that Stripe lacks, and tell which differ. Nothing that is there is changed.',
    examples: ['billing:sync --dry-run', 'billing:sync --json'],
    exits: { failed: 'failed, or something differs' },
  })
    .option('--dry-run', 'only tell what would be made')
    .action(({ dryRun = false, ...options }: SyncOptions) =>
      runInApplication(terminal, { name: 'billing:sync', options }, async (app) => {
        const { StripeCatalogService } = await import('../../modules/billing/stripe/sync/stripe-catalog.service.js');
        const sync = await app.get(StripeCatalogService).sync({ dryRun });
        if (sync === undefined) return { value: { provider: 'manual' }, lines: () => ['BILLING_PROVIDER is manual: there is nothing to bring anywhere.'] };
        return { value: { provider: 'stripe', dryRun, ...sync }, lines: () => describe(sync, dryRun), exit: sync.differ.length > 0 ? 'failed' : 'done' };
      }),
    );
