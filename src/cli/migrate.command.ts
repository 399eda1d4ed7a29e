import { Command } from 'commander';
import { withDatabase } from './with-database.js';

/** `tenantry db:migrate`: applies what is missing and stops; for deployments that migrate before they start replicas. */
export function migrateCommand(): Command {
  return new Command('db:migrate').description('Apply the migrations that are missing, as DATABASE_OWNER_URL (or DATABASE_URL when it is the owner).').action(async () => {
    await withDatabase(() => Promise.resolve());
    process.stdout.write('The database is up to date.\n');
  });
}
