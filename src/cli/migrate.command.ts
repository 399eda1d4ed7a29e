import { Command } from 'commander';
import { loadEnv } from '../config/env.js';
import { migrateConfigured } from './configured-database.js';

/** `tenantry db:migrate`: applies what is missing and stops; for deployments that migrate before they start replicas. */
export function migrateCommand(): Command {
  return new Command('db:migrate').description('Apply the migrations that are missing, as DATABASE_OWNER_URL (or DATABASE_URL when it is the owner).').action(async () => {
    const applied = await migrateConfigured(loadEnv());
    for (const name of applied ?? []) process.stdout.write(`applied ${name}\n`);
    process.stdout.write('The database is up to date.\n');
  });
}
