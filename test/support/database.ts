/** The addresses of one database of the tests, one for each role. */
export interface TestDatabase {
  /** Owns the tables. Row security applies to it too: use it to change tables, not to read rows. */
  readonly owner: string;
  readonly app: string;
  /** Sees every tenant: for looking on, and for planting what the application never would. */
  readonly platform: string;
}

/**
 * The database of this Jest worker, cloned from the migrated template (test/support/global-setup.mjs). The project
 * `inside` has its own: the servers of the test host work on the other one, also between spec files.
 */
export function testDatabase(): TestDatabase {
  const databases = JSON.parse(process.env['TENANTRY_TEST_DATABASES'] ?? '[]') as TestDatabase[];
  const ofInside = (globalThis as { databaseOfInside?: boolean }).databaseOfInside === true;
  const database = databases[2 * (Number(process.env['JEST_WORKER_ID'] ?? '1') - 1) + (ofInside ? 1 : 0)];
  if (database === undefined) throw new Error('Run the tests with npm test: its global setup starts the database.');
  return database;
}
