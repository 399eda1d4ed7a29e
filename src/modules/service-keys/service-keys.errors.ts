import { AppError } from '../../common/errors/app-error.js';

export class ServiceKeyNotFoundError extends AppError {
  constructor() {
    super('not_found', 'service_key_not_found', 'There is no such service key. GET /platform/service-keys lists the keys.');
  }
}
