import { AppError, MalformedRequestError } from '../../common/errors/app-error.js';

export class NotDeletedError extends AppError {
  constructor() {
    super('conflict', 'organization_not_deleted', 'This organization is not deleted. There is nothing to restore.');
  }
}

export class SlugTakenError extends AppError {
  constructor() {
    super('conflict', 'slug_taken', 'Another organization has this slug. Choose another one.', {
      errors: [{ pointer: '/slug', code: 'slug_taken', message: 'slug is taken' }],
    });
  }
}

export class ReservedSlugError extends MalformedRequestError {
  constructor(slug: string) {
    super(`The slug "${slug}" is reserved. Choose another one.`, [{ pointer: '/slug', code: 'reserved_slug', message: 'slug is a reserved word' }], 'reserved_slug');
  }
}
