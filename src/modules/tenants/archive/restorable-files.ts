import { replacedMigrations } from '../../../database/migrations/replaced-migrations.js';
import { BadArchiveError } from './archive.errors.js';
import { manifestName, type ArchivedFile, type Manifest } from './format/archive-manifest.js';
import type { ArchivedTable, ArchiveSchema, Column } from './archive-schema.js';

/** A file of the archive with the table into which its rows are written. */
export interface RestorableFile {
  readonly file: ArchivedFile;
  readonly table: ArchivedTable;
  /** The columns that the archive has, in its order. The other columns of the table get their defaults. */
  readonly columns: readonly Column[];
}

/** The columns that are required to write a row. */
const required: Readonly<Record<ArchivedTable['kind'], readonly string[]>> = {
  organization: ['id', 'slug'],
  users: ['id', 'email'],
  tenant: ['organization_id'],
  ofUsers: [],
};

/**
 * Matches the files of an archive with tables, in the order in which they are restored.
 *
 * @throws {BadArchiveError} when the archive has a newer schema, or tables or columns that this database lacks
 */
export function matchFilesToTables(manifest: Manifest, schema: ArchiveSchema): RestorableFile[] {
  if (![...replacedMigrations, ...schema.migrations].includes(manifest.schema)) {
    throw new BadArchiveError(
      `The archive has the schema ${manifest.schema}, but this database has ${schema.migrations.at(-1) ?? 'none'}. Update tenantry and migrate the database first: npx tenantry db:migrate`,
    );
  }
  const placed = schema.tables.flatMap((table) => {
    const file = manifest.files.find((each) => each.table === table.name);
    return file === undefined ? [] : [{ file, table, columns: matchColumns(file, table) }];
  });
  const unmatched = manifest.files.find(({ table }) => !placed.some(({ file }) => file.table === table));
  if (unmatched !== undefined) throw new BadArchiveError(`The archive contains the table ${unmatched.table}, which this database does not have.`);
  for (const kind of ['users', 'organization'] as const)
    if (!placed.some(({ table }) => table.kind === kind)) throw new BadArchiveError(`${manifestName} has no table for ${kind}.`);
  return placed;
}

function matchColumns({ columns, rows }: ArchivedFile, table: ArchivedTable): Column[] {
  const missing = [...required[table.kind], ...(table.userColumn === undefined ? [] : [table.userColumn])].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new BadArchiveError(`${table.name}: the archive lacks the required column ${missing}.`);
  if (table.kind === 'organization' && rows !== 1) throw new BadArchiveError(`${table.name}: the archive has ${rows} rows but must have exactly one.`);
  return columns.map((name) => {
    const column = table.columns.find((each) => each.name === name);
    if (column === undefined) throw new BadArchiveError(`The archive contains the column ${table.name}.${name}, which this database does not have.`);
    return column;
  });
}
