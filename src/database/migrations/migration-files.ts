import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../package-root.js';

/** A migration: the content of `prisma/migrations/<name>/migration.sql`, Prisma's own layout. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma computes it. */
  readonly checksum: string;
  /** False when the first line is `-- no transaction`, e.g. for `create index concurrently` (one statement only). */
  readonly transactional: boolean;
}

export const migrationsFolder = path.join(packageRoot, 'prisma/migrations');

/** Returns the migrations of this version of the program, in the order in which they apply. */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map(async (name) => parseMigration(name, await readFile(path.join(folder, name, 'migration.sql'), 'utf8'))));
}

/** Line ends count as `\n`, so that a checkout on Windows has the same checksum. */
export function parseMigration(name: string, content: string): Migration {
  const sql = content.replaceAll('\r\n', '\n');
  return {
    name,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
    transactional: !/^-- no transaction\b/.test(sql),
  };
}
