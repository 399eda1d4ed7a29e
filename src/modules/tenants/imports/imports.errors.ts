import { AppError } from '../../../common/errors/app-error.js';

export class OrganizationImportNotFoundError extends AppError {
  constructor() {
    super('not_found', 'organization_import_not_found', 'There is no such restoration. GET /platform/organization-imports lists them.');
  }
}

export class TooManyImportsError extends AppError {
  constructor(limit: number) {
    super('too_many_requests', 'too_many_imports', `${limit} restorations wait or run. Try again when some of them have ended.`, { retryAfter: 60 });
  }
}
