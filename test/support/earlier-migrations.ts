import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../src/database/migrations/migrate.js';
import { packageRoot } from '../../src/database/package-root.js';

const migrations = path.join(packageRoot, 'prisma/migrations');

/** Applies the migrations before one to an empty database, so that a test can fill the tables of old. */
export async function migrateBefore(owner: string, migration: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-migrations-'));
  try {
    const names = await readdir(migrations);
    if (!names.includes(migration)) throw new Error(`There is no migration ${migration}`);
    for (const name of names.filter((each) => each < migration)) await cp(path.join(migrations, name), path.join(folder, name), { recursive: true });
    await migrate(owner, { folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
