import { AppError } from '../../common/errors/app-error.js';

export class ErasureNotFoundError extends AppError {
  constructor() {
    super('not_found', 'erasure_not_found', 'There is no such erasure. GET /platform/erasures lists the erasures.');
  }
}

export class ExportRunningError extends AppError {
  constructor() {
    super('conflict', 'export_running', 'Your data is being exported by another request. Wait until it is answered.');
  }
}
