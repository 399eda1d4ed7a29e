// Completes the SQL that Prisma writes for a migration.
import { completeTables } from './schema-reference.mjs';

const createdTable = /CREATE TABLE "(\w+)" \(([\s\S]*?)\n\)/g;
const newlyOwnedTable = /ALTER TABLE "(\w+)"[^;]*ADD COLUMN\s+"organization_id"/g;

/**
 * Adds what Prisma cannot write: the columns that a deleted reference sets to null, partitions, and the protection of each new table.
 *
 * @param sql as Prisma's schema engine writes it
 */
export function completeMigration(sql, files) {
  const text = completeTables(sql, files).trim();
  const created = [...text.matchAll(createdTable)].map(([, table, columns]) => [table, /^\s*"organization_id"/m.test(columns)]);
  const altered = [...text.matchAll(newlyOwnedTable)].map(([, table]) => [table, true]);
  const calls = [...created, ...altered].map(([table, owned]) => `select app.protect_${owned ? 'tenant' : 'global'}_table('${table}');`);
  return [text, ...(calls.length === 0 ? [] : ['', '-- Row security, policies, grants and audit.', ...calls])].join('\n');
}
