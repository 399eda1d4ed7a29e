// Keeps the migrations, the Prisma models and prisma/functions in step, in databases of its own.
//   node scripts/schema.mjs migration <name>        writes the next migration: what the models and the files have and the migrations lack
//   node scripts/schema.mjs drift [--database URL]  exits with 2 when the migrations (or a live database) differ from the models and the files
//   node scripts/schema.mjs generate                writes prisma/schema.sql, docs/sql-functions.md and the wrappers of SQL functions
// `drift --database` also takes `--reference URL`, the owner's address of an empty database in which the models and files are applied, or of one in
// which an earlier call applied them. Without it an embedded server has one.
// Needs the compiled application (npm run build): it uses the embedded server, the migration runner and the doctor.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { format, resolveConfig } from 'prettier';
import { npmScript } from './arguments.mjs';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { UtcClient } from '../dist/database/utc-client.js';
import { describeFindings, inspectUrl } from '../dist/database/doctor/doctor.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { readSqlFiles } from '../dist/database/migrations/sql-files.js';
import { renderFunctions, renderSchema, renderWrappers } from './schema-documents.mjs';
import { root, sqlToReachTheSchema } from './schema-engine.mjs';
import { compareFacts, describeDifferences, readFacts, statementsFor } from './schema-facts.mjs';
import { completeMigration } from './schema-migration.mjs';
import { buildReference } from './schema-reference.mjs';

const migrationsFolder = path.join(root, 'prisma/migrations');
/** A second round grants what a dropped and created function lost; the third finds nothing. */
const removes = /\b(drop (table|column|function|type)|rename (to|column)|set not null|alter column "?\w+"? (set data )?type)\b/i;
const rounds = 3;

async function execute(url, sql) {
  const client = new UtcClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Runs with the owner's addresses of two new, empty databases of an embedded server. */
async function withScratchDatabases(use) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tenantry-schema-'));
  chmodSync(dataDir, 0o755); // as root, the server runs as another user
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await execute(server.superuserUrl, 'create database reference owner tenantry_owner');
    return await use({ migrated: server.urls.owner, reference: Object.assign(new URL(server.urls.owner), { pathname: '/reference' }).href });
  } finally {
    await server.stop();
    for (const folder of [server.home, dataDir]) rmSync(folder, { recursive: true, force: true });
  }
}

/** The facts of the models and the files: applies them in the database first, unless an earlier call has. */
async function factsOfTheFiles(url) {
  const before = await readFacts(url);
  if (before.has('table public.organizations')) return before;
  await buildReference(url);
  return readFacts(url);
}

/** In the format that `npm run check:format` wants. */
async function formatted([file, text]) {
  return [file, await format(text, { ...(await resolveConfig(path.join(root, file))), parser: 'typescript' })];
}

/** The generated files, by path. */
async function generated(facts) {
  const files = await readSqlFiles();
  return [['prisma/schema.sql', renderSchema(facts)], ['docs/sql-functions.md', renderFunctions(files)], ...(await Promise.all(renderWrappers(files).map(formatted)))];
}

async function writeGenerated(facts) {
  for (const [file, text] of await generated(facts)) writeFileSync(path.join(root, file), text);
}

/** The folder of a new migration, named by the present time (UTC), as Prisma names them, and after the last one. */
function newFolder(name) {
  const now = Number(new Date().toISOString().replace(/\D/g, '').slice(0, 14));
  const stamps = readdirSync(migrationsFolder)
    .map((folder) => Number(folder.slice(0, 14)))
    .filter(Number.isInteger);
  return path.join(migrationsFolder, `${Math.max(now, ...stamps.map((stamp) => stamp + 1))}_${name}`);
}

/** Statements of one line stay together. */
const inParagraphs = (statements) =>
  statements.reduce((text, statement, index) => (index === 0 ? statement : `${text}\n${`${statements[index - 1]}${statement}`.includes('\n') ? '\n' : ''}${statement}`), '');

async function writeMigration(name) {
  const folder = newFolder(name);
  await withScratchDatabases(async ({ migrated, reference }) => {
    const wanted = await factsOfTheFiles(reference);
    await migrate(migrated);
    const parts = [];
    const add = async (part) => {
      parts.push(part);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'migration.sql'), `${parts.join('\n\n')}\n`);
      await execute(migrated, part);
    };
    const sql = await sqlToReachTheSchema(migrated);
    if (sql !== undefined) await add(completeMigration(sql, await readSqlFiles()));
    let differences = compareFacts(wanted, await readFacts(migrated));
    for (let round = 0; round < rounds && statementsFor(differences).length > 0; round += 1) {
      await add(inParagraphs(statementsFor(differences)));
      differences = compareFacts(wanted, await readFacts(migrated));
    }
    await writeGenerated(wanted);
    if (parts.length === 0 && differences.length === 0) return console.log('The migrations match the models and prisma/functions. There is nothing to write.');
    if (parts.length > 0) console.log(`Wrote ${path.relative(root, folder)}/migration.sql. Read it before you commit it.`);
    if (removes.test(parts.join('\n')) && !folder.endsWith('_contract'))
      console.log('It removes or changes what earlier versions may use. docs/upgrading.md says when its name must end with _contract.');
    if (differences.length > 0) console.log(`Write by hand what brings these in line:\n${describeDifferences(differences)}`);
    const { findings } = await inspectUrl(migrated);
    if (findings.length > 0) console.log(`The doctor reports:\n${describeFindings(findings)}`);
  });
}

/** Reports the differences of a database; true when there are none. */
function report(subject, differences) {
  if (differences.length === 0) return console.log(`${subject} matches the models and prisma/functions.`) ?? true;
  console.log(`${subject} differs from the models and prisma/functions in ${differences.length} object(s):\n${describeDifferences(differences)}`);
  return false;
}

async function reportDrift({ database, reference }) {
  const clean = await (database !== undefined && reference !== undefined
    ? compareLive(database, reference)
    : withScratchDatabases((scratch) => (database === undefined ? compareMigrations(scratch) : compareLive(database, scratch.reference))));
  if (!clean) process.exitCode = 2;
}

async function compareLive(database, reference) {
  const wanted = await factsOfTheFiles(reference);
  return report('The database', compareFacts(wanted, await readFacts(database)));
}

async function compareMigrations({ migrated, reference }) {
  const wanted = await factsOfTheFiles(reference);
  await migrate(migrated);
  const stale = (await generated(wanted)).filter(([file, text]) => !existsSync(path.join(root, file)) || readFileSync(path.join(root, file), 'utf8') !== text);
  const clean = report('The database that the migrations create', compareFacts(wanted, await readFacts(migrated)));
  if (!clean) console.log('Run npm run db:migration -- <name>.');
  for (const [file] of stale) console.log(`${file} is out of date. Run npm run db:generate.`);
  return clean && stale.length === 0;
}

function nameOf(text) {
  if (!/^[a-z][a-z0-9_]*$/.test(text)) throw new InvalidArgumentError('Name the migration in lower case, such as add_notes.');
  return text;
}

const commands = {
  migration: npmScript('db:migration', 'Writes the next migration: what the models and the functions have and the migrations lack.')
    .argument('<name>', 'its name in lower case, such as add_notes', nameOf)
    .action(writeMigration),
  drift: npmScript('db:drift', 'Fails when the migrations, or a live database, differ from the models and the functions.')
    .option('--database <url>', 'the live database')
    .option('--reference <url>', 'an empty database of its owner in which the models and functions are applied; without it, an embedded one')
    .action(reportDrift),
  generate: npmScript('db:generate', 'Writes prisma/schema.sql, docs/sql-functions.md and the wrappers of SQL functions.').action(() =>
    withScratchDatabases(async ({ reference }) => writeGenerated(await factsOfTheFiles(reference))),
  ),
};
try {
  const [command, ...args] = process.argv.slice(2);
  await commands[command].parseAsync(args, { from: 'user' });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
