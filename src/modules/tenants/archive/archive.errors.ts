/** Thrown when a file is not an archive that can be restored here. Nothing was written. */
export class BadArchiveError extends Error {
  override readonly name = 'BadArchiveError';
}

/** Thrown when a valid archive conflicts with data in this database. Nothing was written. */
export class ArchiveConflictError extends Error {
  override readonly name = 'ArchiveConflictError';
}

/** Thrown when the organization to export does not exist. */
export class UnknownOrganizationError extends Error {
  override readonly name = 'UnknownOrganizationError';

  constructor(wanted: string) {
    super(`There is no organization with the id or slug "${wanted}".`);
  }
}

/** Wraps an error that occurred while an archive was read, and adds the place. */
export function badArchiveError(where: string, error: unknown): BadArchiveError {
  return new BadArchiveError(`${where}: ${error instanceof Error ? error.message : String(error)}`);
}

interface DatabaseRefusal {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly table?: string;
}

/** Turns an error of PostgreSQL about rows (class 22: data, 23: constraints, 54: limits) into an error about the archive. Returns other errors unchanged. */
export function toArchiveError(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !/^(22|23|54)/.test(String(error.code))) return error;
  const { code, message, detail, table } = error as unknown as DatabaseRefusal;
  const text = `${table ?? where}: ${message}${detail === undefined ? '' : ` (${detail})`}`;
  return code === '23505'
    ? new ArchiveConflictError(`The archive contains a value that must be unique and exists already in this database. ${text}`)
    : new BadArchiveError(`The database rejected rows of the archive. ${text}`);
}
