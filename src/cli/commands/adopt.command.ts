import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AdoptionPreview, AdoptionResult } from '../../database/adoption/adopt.js';
import { command, type CommonOptions } from '../command.js';
import { confirmAction, runAndPrint, type CommandOutput } from '../output.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

interface AdoptOptions extends CommonOptions {
  readonly databaseUrl?: string;
  readonly dryRun?: true;
  readonly protect?: true;
  readonly rollback?: true;
  readonly yes?: true;
}

/** `tenantry adopt`: see docs/adopt.md. */
export function adoptCommand(terminal: Terminal): Command {
  return command({
    name: 'adopt',
    description:
      'Gives the tables of a single-tenant application organizations, while it works: adds, fills and requires organization_id, and creates indexes and foreign keys. With --protect, closes the tables by row security.',
    examples: ['adopt adopt.yaml --dry-run', 'adopt adopt.yaml', 'adopt adopt.yaml --protect --yes', 'adopt adopt.yaml --rollback --yes'],
    exits: { failed: 'error, or a row has no organization or a wrong one; the message describes it. Run the command again to continue' },
  })
    .argument('<file>', 'YAML file that names the tables, and says which organization has which rows')
    .option('--database-url <url>', 'use this database instead of DATABASE_URL')
    .option('--dry-run', 'print the SQL and the number of rows of each organization, and change nothing')
    .option('--protect', 'afterwards close the tables: sessions without an organization read and write nothing')
    .option('--rollback', 'make the tables what they were before; their rows stay. With --dry-run, print the script')
    .option('--yes', 'confirm without a prompt')
    .action((file: string, options: AdoptOptions) => runAndPrint(terminal, options.json, () => work(terminal, file, options)));
}

async function work(terminal: Terminal, file: string, options: AdoptOptions): Promise<CommandOutput | undefined> {
  const [{ loadEnv }, { asOwnerAndPlatform }, adoption, { parsePlan }, { inspectDatabase }] = await Promise.all([
    import('../../config/env.js'),
    import('../configured-database.js'),
    import('../../database/adoption/adopt.js'),
    import('../../database/adoption/adoption-plan.js'),
    import('../../database/doctor/doctor.js'),
  ]);
  const plan = parsePlan(await readFile(file, 'utf8'));
  const env = loadEnv(terminal.env);
  if (options.databaseUrl !== undefined) env.DATABASE_URL = options.databaseUrl;
  const { dryRun, protect = false, rollback, yes } = options;
  if (rollback === true) {
    if (dryRun === true) {
      const sql = await asOwnerAndPlatform(env, (addresses) => adoption.previewRollback(addresses, plan));
      return { value: { sql }, lines: () => sql };
    }
    if (!(await confirmAction(terminal, 'Remove organization_id and the row security from these tables?', yes))) return undefined;
    await asOwnerAndPlatform(env, (addresses) => withProgress(terminal, 'Rolling back', (report) => adoption.rollBackAdoption(addresses, plan, report)));
    return { value: { rolledBack: true }, lines: () => ['The tables are what they were before their adoption.'] };
  }
  if (dryRun === true) {
    const preview = await asOwnerAndPlatform(env, (addresses) => adoption.previewAdoption(addresses, plan));
    return { value: preview, lines: () => describePreview(preview) };
  }
  if (protect && !(await confirmAction(terminal, 'Close the tables to every application that binds no organization?', yes))) return undefined;
  const result = await asOwnerAndPlatform(env, (addresses) =>
    withProgress(terminal, 'Adopting', (report) => adoption.adopt(addresses, plan, { protect, report, inspect: async (owner) => (await inspectDatabase(owner)).findings })),
  );
  return { value: result, lines: () => describe(result) };
}

const describePreview = (preview: AdoptionPreview): string[] => [...preview.sql, ...countsOf(preview).map((line) => `-- ${line}`)];

function describe(result: AdoptionResult): string[] {
  if (result.tables.length === 0) return ['The tables are adopted and protected already.'];
  return [
    ...countsOf(result),
    'The organization of every row is that of its original columns.',
    result.protected
      ? 'The tables are protected. Run tenantry doctor for the rest of the database.'
      : 'The tables are open as before. Stop the application, and run the command with --protect.',
  ];
}

/** One line for each table and organization. */
function countsOf({ tables, organizations }: AdoptionResult): string[] {
  const slugs = new Map(organizations.map(({ id, slug }) => [id, slug]));
  return tables.flatMap(({ table, before, after }) =>
    [...new Set([...Object.keys(before), ...Object.keys(after ?? {})])].map((id) => {
      const name = `${table}, ${slugs.get(id) ?? id}`;
      return after === null ? `${name}: ${before[id] ?? 0} rows` : `${name}: ${before[id] ?? 0} rows before, ${after[id] ?? 0} rows now`;
    }),
  );
}
