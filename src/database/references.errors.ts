import { AppError, UnprocessableError } from '../common/errors/app-error.js';

export class ReferenceNotFoundError extends UnprocessableError {
  /** @param field the field of the request that refers to it */
  constructor(field: string) {
    super('reference_not_found', `The organization has nothing with the id in \`${field}\`. Name one that it has.`, [
      { pointer: `/${field}`, code: 'reference_not_found', message: `${field} names nothing that the organization has` },
    ]);
  }
}

export class StillReferencedError extends AppError {
  constructor() {
    super('conflict', 'still_referenced', 'Something else of the organization refers to it. Delete that first, or let it refer to something else.');
  }
}
