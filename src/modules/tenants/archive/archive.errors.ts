/** Thrown when a file is no archive that can be restored here; nothing was written. */
export class BadArchiveError extends Error {
  override readonly name = 'BadArchiveError';
}

/** Thrown when an archive is sound, and what is in this database stands in its way; nothing was written. */
export class ArchiveConflictError extends Error {
  override readonly name = 'ArchiveConflictError';
}

/** Thrown when there is no organization to export. */
export class UnknownOrganizationError extends Error {
  override readonly name = 'UnknownOrganizationError';

  constructor(wanted: string) {
    super(`There is no organization with the id or slug "${wanted}".`);
  }
}

/** Whatever went wrong while an archive was read, with the place. */
export function badArchiveError(where: string, error: unknown): BadArchiveError {
  return new BadArchiveError(`${where}: ${error instanceof Error ? error.message : String(error)}`);
}

interface DatabaseRefusal {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly table?: string;
}

/** What PostgreSQL says of rows that it does not take (class 22: data, 23: constraints, 54: limits); anything else is passed on. */
export function toArchiveError(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !/^(22|23|54)/.test(String(error.code))) return error;
  const { code, message, detail, table } = error as unknown as DatabaseRefusal;
  const text = `${table ?? where}: ${message}${detail === undefined ? '' : ` (${detail})`}`;
  return code === '23505'
    ? new ArchiveConflictError(`This database has already what must be there only once. ${text}`)
    : new BadArchiveError(`The database refuses rows of the archive. ${text}`);
}
