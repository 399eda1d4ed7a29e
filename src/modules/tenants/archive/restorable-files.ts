import { replacedMigrations } from '../../../database/migrations/replaced-migrations.js';
import { BadArchiveError } from './archive.errors.js';
import { manifestName, type ArchivedFile, type Manifest } from './archive-manifest.js';
import type { ArchivedTable, ArchiveSchema, Column } from './archive-schema.js';

/** A file of the archive together with the table that its rows go to. */
export interface RestorableFile {
  readonly file: ArchivedFile;
  readonly table: ArchivedTable;
  /** The table's columns that the archive has, in the archive's order; the others get their defaults. */
  readonly columns: readonly Column[];
}

/** Which columns a row of the table cannot be written without. */
const required: Readonly<Record<ArchivedTable['kind'], readonly string[]>> = {
  organization: ['id', 'slug'],
  users: ['id', 'email'],
  tenant: ['organization_id'],
  ofUsers: [],
};

/**
 * Finds the place of each file, in the order in which they are restored.
 *
 * @throws {BadArchiveError} when the archive is of a newer schema, or has what this database has no place for
 */
export function matchFilesToTables(manifest: Manifest, schema: ArchiveSchema): RestorableFile[] {
  if (![...replacedMigrations, ...schema.migrations].includes(manifest.schema)) {
    throw new BadArchiveError(
      `The archive is of schema ${manifest.schema}, which this database does not know (it has ${schema.migrations.at(-1) ?? 'none'}). Bring it up to date first: npx tenantry db:migrate.`,
    );
  }
  const placed = schema.tables.flatMap((table) => {
    const file = manifest.files.find((each) => each.table === table.name);
    return file === undefined ? [] : [{ file, table, columns: matchColumns(file, table) }];
  });
  const homeless = manifest.files.find(({ table }) => !placed.some(({ file }) => file.table === table));
  if (homeless !== undefined) throw new BadArchiveError(`The archive has a table ${homeless.table}, for which this database has no place.`);
  for (const kind of ['users', 'organization'] as const) if (!placed.some(({ table }) => table.kind === kind)) throw new BadArchiveError(`${manifestName} has no ${kind}.`);
  return placed;
}

function matchColumns({ columns, rows }: ArchivedFile, table: ArchivedTable): Column[] {
  const missing = [...required[table.kind], ...(table.userColumn === undefined ? [] : [table.userColumn])].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new BadArchiveError(`${table.name}: the archive lacks its column ${missing}.`);
  if (table.kind === 'organization' && rows !== 1) throw new BadArchiveError(`${table.name}: the archive has ${rows} rows and must have one.`);
  return columns.map((name) => {
    const column = table.columns.find((each) => each.name === name);
    if (column === undefined) throw new BadArchiveError(`The archive has a column ${table.name}.${name}, for which this database has no place.`);
    return column;
  });
}
