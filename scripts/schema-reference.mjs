// Builds a database from the sources alone: the Prisma models and prisma/functions. The migrations must lead to the same.
import { createLog } from '../dist/database/migrations/migration-log.js';
import { completeSql, readSqlFiles } from '../dist/database/migrations/sql-files.js';
import { UtcClient } from '../dist/database/utc-client.js';
import { sqlOfTheSchema } from './schema-engine.mjs';

const setNullKey = /FOREIGN KEY \("organization_id", ([^)]+)\) (REFERENCES [^;]*?ON DELETE SET NULL)(?! \()/g;
const createdTable = /CREATE TABLE "(\w+)" \([\s\S]*?\n\)(?=;)/g;

/** Adds to the SQL of Prisma what it cannot write: the columns that a deleted reference sets to null (never organization_id), and partitions. */
export function completeTables(sql, files) {
  const partitionedBy = new Map(files.map((file) => [file.name, file.partitionedBy]));
  return sql
    .replace(/-- CreateSchema\nCREATE SCHEMA [^;]*;\s*/, '')
    .replace(setNullKey, 'FOREIGN KEY ("organization_id", $1) $2 ($1)')
    .replace(createdTable, (statement, table) => {
      const key = partitionedBy.get(`public.${table}`);
      return key === undefined ? statement : `${statement} PARTITION BY ${key.toUpperCase().replace(/"[^"]*"/g, (name) => name.toLowerCase())}`;
    });
}

/** The files in an order in which each comes after those that it mentions. */
export function inOrder(files) {
  const schemaOf = (name) => name.split('.')[0];
  const byName = new Map(files.map((file) => [file.name, file]));
  const ordered = new Set();
  const visited = new Set();
  const visit = (file) => {
    if (visited.has(file)) return;
    visited.add(file);
    for (const name of [`${schemaOf(file.name)}.schema`, ...(file.sql.replace(/--.*$/gm, '').match(/\b[a-z_]+\.[a-z_]+\b/g) ?? [])]) {
      if (byName.has(name)) visit(byName.get(name));
    }
    ordered.add(file);
  };
  for (const file of files) visit(file);
  return [...ordered];
}

/** The templates that every table of the models gets: what the table is decides, no list. */
export const protectTables = `select case when exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped)
         then app.protect_tenant_table(c.oid) else app.protect_global_table(c.oid) end
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> '_prisma_migrations';`;

/** Returns the files in the steps in which they apply; the tables of the models are created after the first step. */
export function inSteps(files) {
  const isFirst = ({ name }) => name === 'roles' || name.endsWith('.schema') || name === 'app.current_organization_id';
  const isTable = ({ name }) => name.startsWith('public.');
  return {
    first: inOrder(files.filter(isFirst)).toSorted((a, b) => Number(b.name === 'roles') - Number(a.name === 'roles')),
    functions: inOrder(files.filter((file) => !isFirst(file) && !isTable(file))),
    tables: files.filter((file) => isTable(file) && !isFirst(file)),
  };
}

/** Builds it in an empty database, as the owner. */
export async function buildReference(url) {
  const files = await readSqlFiles();
  const { first, functions, tables } = inSteps(files);
  const client = new UtcClient({ connectionString: url });
  await client.connect();
  const apply = async (file) => {
    try {
      await client.query(completeSql(file));
    } catch (error) {
      throw new Error(`${file.path}: ${error.message}`, { cause: error });
    }
  };
  try {
    await createLog(client);
    for (const file of first) await apply(file);
    await client.query(completeTables(await sqlOfTheSchema(url), files));
    for (const file of functions) await apply(file);
    await client.query(protectTables);
    for (const file of tables) await apply(file);
  } finally {
    await client.end();
  }
}
