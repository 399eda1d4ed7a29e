import { AppError } from '../common/errors/app-error.js';

export class MetricsTokenRequiredError extends AppError {
  constructor() {
    super('unauthenticated', 'metrics_token_required', 'Send the METRICS_TOKEN of this installation: `Authorization: Bearer …`.');
  }
}
