import type { Command } from 'commander';
import type { CatalogSync } from '../../modules/billing/stripe/sync/stripe-sync-run.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Terminal } from '../terminal.js';

interface SyncOptions extends ApplicationOptions {
  readonly dryRun?: boolean;
}

function describe({ created, different, matching }: CatalogSync, dryRun: boolean): string[] {
  return [
    ...created.map((each) => `${dryRun ? 'would create' : 'created'} ${each}`),
    ...different.map(({ name, differences }) => `${name} differs: ${differences.join('; ')}`),
    `${matching} price(s) match the catalog.`,
  ];
}

/** `tenantry billing:sync`: creates the products and prices of the catalog at the payment provider. */
export const billingSyncCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'billing:sync',
    description: 'Creates the products, prices, meters and features of the catalog that are missing in Stripe, and reports differences. Changes nothing that exists in Stripe.',
    examples: ['billing:sync --dry-run', 'billing:sync --json'],
    exits: { failed: 'error, or an object in Stripe differs from the catalog' },
  })
    .option('--dry-run', 'only show what would be created')
    .action(({ dryRun = false, ...options }: SyncOptions) =>
      runInApplication(terminal, { name: 'billing:sync', options }, async (app) => {
        const { StripeCatalogService } = await import('../../modules/billing/stripe/sync/stripe-catalog.service.js');
        const sync = await app.get(StripeCatalogService).syncCatalog({ dryRun });
        if (sync === undefined) return { value: { provider: null }, lines: () => ['BILLING_PROVIDER is not stripe, so there is nothing to synchronize.'] };
        return { value: { provider: 'stripe', dryRun, ...sync }, lines: () => describe(sync, dryRun), exit: sync.different.length > 0 ? 'failed' : 'done' };
      }),
    );
