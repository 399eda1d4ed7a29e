import type { Command } from 'commander';
import type { Env } from '../../config/env.js';
import type { CatalogImpact } from '../../modules/tenants/catalog/catalog-changes.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Terminal } from '../terminal.js';

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]);

function describe({ changes, warnings, orphans }: CatalogImpact): string[] {
  const summary =
    changes === undefined
      ? ['No catalog has been used with this database yet.']
      : changes.length === 0
        ? ['The catalog is the same as the catalog in use.']
        : section('Changes:', changes);
  const verdict =
    orphans.length === 0
      ? 'The catalog can be used: start the server with it.'
      : 'The catalog cannot be used, and the server would not start with it. Put back the entries that are in use, or migrate the organizations first.';
  return [...summary, ...section('Warnings:', warnings), ...section('In use but missing from the catalog:', orphans), verdict];
}

/** `tenantry catalog:check`: shows the effect of a catalog on the existing organizations. */
export function catalogCheckCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'catalog:check',
    description: 'Validates a catalog and shows what it would change for the organizations in the database.',
    examples: ['catalog:check toolboxai', 'catalog:check path/to/acme.yaml --json'],
    exits: { failed: 'error; or the catalog is invalid, or lacks a role, plan, add-on or price that is in use' },
  })
    .argument('[catalog]', 'catalog file, or the name of a built-in catalog (default: CATALOG)')
    .action((given: string | undefined, options: ApplicationOptions) => {
      // The configuration loads the catalog, so an invalid catalog is reported before the database is opened.
      const adjust = (env: Env): void => void (env.CATALOG = given ?? env.CATALOG);
      return runInApplication(terminal, { name: 'catalog:check', options, adjust }, async (app) => {
        const [{ AppConfig }, { CatalogChangesService }] = await Promise.all([
          import('../../config/app-config.js'),
          import('../../modules/tenants/catalog/catalog-changes.service.js'),
        ]);
        const impact = await app.get(CatalogChangesService).checkCatalog(app.get(AppConfig).catalog);
        const { changes = null, warnings, orphans } = impact;
        return { value: { changes, warnings, orphans }, lines: () => describe(impact), exit: orphans.length > 0 ? 'failed' : 'done' };
      });
    });
}
