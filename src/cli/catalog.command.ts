import { Command } from 'commander';
import { loadCatalog } from '../config/catalog/catalog-file.js';
import { loadEnv } from '../config/env.js';
import { CatalogChanges, type CatalogImpact } from '../modules/tenants/catalog-changes.service.js';
import { withApplication } from './with-application.js';

const section = (title: string, lines: readonly string[]): string => (lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);

function describe({ changes, warnings, orphans }: CatalogImpact): string {
  const what =
    changes === undefined
      ? 'No catalog was recorded for this database yet.\n'
      : changes.length === 0
        ? 'It says what the catalog in use says.\n'
        : section('What would change:', changes);
  const verdict = orphans.length === 0 ? 'The catalog can be put to use: start the server with it.\n' : 'The catalog is refused, and so would be a start with it.\n';
  return what + section('What would lose its meaning:', warnings) + section('In use, and not in this catalog:', orphans) + verdict;
}

/** `tenantry catalog:check`: says what a catalog would change under the organizations that there are. */
export function catalogCheckCommand(): Command {
  return new Command('catalog:check')
    .description('Validate a catalog and say what it would change for the organizations in the database. Exits with 1 when a role or plan in use would be orphaned.')
    .argument('[catalog]', 'a file, or the name of a catalog that comes along; CATALOG when left out')
    .option('--json', 'print the answer as JSON')
    .action(async (given: string | undefined, { json }: { json?: boolean }) => {
      const env = loadEnv();
      const next = loadCatalog(given ?? env.CATALOG);
      const impact = await withApplication(env, 'catalog:check', (app) => app.get(CatalogChanges).check(next));
      process.stdout.write(
        json === true ? `${JSON.stringify({ changes: impact.changes ?? null, warnings: impact.warnings, orphans: impact.orphans }, null, 2)}\n` : describe(impact),
      );
      process.exitCode = impact.orphans.length > 0 ? 1 : 0;
    });
}
