// What a migration of ours needs beyond what Prisma writes.

const createdTable = /CREATE TABLE "(\w+)" \(([\s\S]*?)\n\);/g;
const newlyOwnedTable = /ALTER TABLE "(\w+)"[^;]*ADD COLUMN\s+"organization_id"/g;
const setNullKey = /FOREIGN KEY \("organization_id", ([^)]+)\) (REFERENCES [^;]*?ON DELETE SET NULL)(?! \()/g;

/**
 * Names the columns that a deleted reference sets to null, lest it be organization_id too, and protects each new table.
 *
 * @param sql as Prisma's schema engine writes it
 */
export function completeMigration(sql) {
  const text = sql.replace(setNullKey, 'FOREIGN KEY ("organization_id", $1) $2 ($1)').trim();
  const created = [...text.matchAll(createdTable)].map(([, table, columns]) => [table, /^\s*"organization_id"/m.test(columns)]);
  const altered = [...text.matchAll(newlyOwnedTable)].map(([, table]) => [table, true]);
  const calls = [...created, ...altered].map(([table, owned]) => `select app.protect_${owned ? 'tenant' : 'global'}_table('${table}');`);
  return [text, ...(calls.length === 0 ? [] : ['', '-- Row security, policies and grants.', ...calls]), ''].join('\n');
}
