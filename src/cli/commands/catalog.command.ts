import type { Command } from 'commander';
import type { Env } from '../../config/env.js';
import type { CatalogImpact } from '../../modules/tenants/catalog/catalog-changes.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import type { Terminal } from '../terminal.js';

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]);

function describe({ changes, warnings, orphans }: CatalogImpact): string[] {
  const what =
    changes === undefined
      ? ['No catalog was recorded for this database yet.']
      : changes.length === 0
        ? ['It says what the catalog in use says.']
        : section('What would change:', changes);
  const verdict = orphans.length === 0 ? 'The catalog can be put to use: start the server with it.' : 'The catalog is refused, and so would be a start with it.';
  return [...what, ...section('What would lose its meaning:', warnings), ...section('In use, and not in this catalog:', orphans), verdict];
}

/** `tenantry catalog:check`: says what a catalog would change under the organizations that there are. */
export function catalogCheckCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'catalog:check',
    description: 'Validate a catalog and say what it would change for the organizations in the database.',
    examples: ['catalog:check toolboxai', 'catalog:check path/to/acme.yaml --json'],
    exits: { failed: 'failed, the catalog is wrong, or a role, plan or add-on in use would be orphaned' },
  })
    .argument('[catalog]', 'a file, or the name of a catalog that comes along; CATALOG when left out')
    .action((given: string | undefined, options: ApplicationOptions) => {
      // Loaded with the configuration, so that a wrong one is told before the database is touched.
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
