import { isForeignKeyViolation } from './database-errors.js';
import { ReferenceNotFoundError, StillReferencedError } from './references.errors.js';

const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Runs a write whose fields refer to other rows of the organization. The foreign key decides whether they exist, so it needs no query before, and there is
 * no race.
 *
 * @param fields the fields that refer to rows, e.g. `customerId`
 * @throws {ReferenceNotFoundError}
 */
export async function writeReferences<Result>(fields: readonly string[], write: PromiseLike<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    const field = fields.find((each) => isForeignKeyViolation(error, `organization_id_${columnOf(each)}_fkey`));
    throw field === undefined ? error : new ReferenceNotFoundError(field);
  }
}

/** Runs a deletion of rows to which others may refer. @throws {StillReferencedError} */
export async function deleteUnreferenced<Result>(deletion: PromiseLike<Result>): Promise<Result> {
  try {
    return await deletion;
  } catch (error) {
    throw isForeignKeyViolation(error, '_fkey') ? new StillReferencedError() : error;
  }
}
