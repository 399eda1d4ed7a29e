import { AppError } from '../../common/errors/app-error.js';

export class NotDeletedError extends AppError {
  constructor() {
    super('conflict', 'organization_not_deleted', 'This organization is not deleted, so there is nothing to restore.');
  }
}
