// Keeps prisma/migrations in step with the Prisma schema, on a scratch database of its own.
//   node scripts/schema.mjs migration <name>   writes the next migration, applies it, and has the doctor look at it
//   node scripts/schema.mjs drift              exits with 2 when the migrations do not lead to the schema
// Needs the compiled application (npm run build): it uses our embedded server, migration runner and doctor.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js';
import { describeFindings, inspectUrl } from '../dist/database/doctor/doctor.js';
import { migrate } from '../dist/database/migrations/migrate.js';
import { root, sqlToReachTheSchema } from './schema-engine.mjs';
import { completeMigration } from './schema-migration.mjs';

const migrationsFolder = path.join(root, 'prisma/migrations');

/** Runs with the address of a new database to which all migrations were applied. */
async function withScratchDatabase(use) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tenantry-schema-'));
  chmodSync(dataDir, 0o755); // as root, the server runs as another user
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await migrate(server.urls.owner);
    return await use(server.urls.owner);
  } finally {
    await server.stop();
    for (const folder of [server.home, dataDir]) rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder of a new migration, named by the present time (UTC), as Prisma names them, and after the last one. */
function newFolder(name) {
  if (!/^[a-z][a-z0-9_]*$/.test(name ?? '')) throw new Error('Name the migration in lower case: npm run db:migration -- add_invoices');
  const now = Number(new Date().toISOString().replace(/\D/g, '').slice(0, 14));
  const stamps = readdirSync(migrationsFolder)
    .map((folder) => Number(folder.slice(0, 14)))
    .filter(Number.isInteger);
  return path.join(migrationsFolder, `${Math.max(now, ...stamps.map((stamp) => stamp + 1))}_${name}`);
}

async function writeMigration(name) {
  const folder = newFolder(name);
  await withScratchDatabase(async (url) => {
    const sql = await sqlToReachTheSchema(url);
    if (sql === undefined) return console.log('The migrations lead to the schema already: nothing to write.');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'migration.sql'), completeMigration(sql));
    console.log(`Wrote ${path.relative(root, folder)}/migration.sql. Read it before you commit it.`);
    await migrate(url);
    const findings = await inspectUrl(url);
    if (findings.length > 0) console.log(`The doctor is not content with the result:\n${describeFindings(findings)}`);
  });
}

async function reportDrift() {
  const sql = await withScratchDatabase(sqlToReachTheSchema);
  if (sql === undefined) return console.log('The migrations lead to the schema.');
  console.log(`The migrations do not lead to the schema. Run npm run db:migration -- <name>. What is missing:\n\n${sql}`);
  process.exitCode = 2;
}

const [command, name] = process.argv.slice(2);
const commands = { migration: () => writeMigration(name), drift: reportDrift };
try {
  await (commands[command] ?? (() => Promise.reject(new Error('Say what to do: migration <name>, or drift.'))))();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
