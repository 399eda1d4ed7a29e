import { AppError } from '../common/errors/app-error.js';

export class MetricsTokenRequiredError extends AppError {
  constructor() {
    super('unauthenticated', 'metrics_token_required', 'The metrics require METRICS_TOKEN. Send it as a bearer token: `Authorization: Bearer <token>`.');
  }
}
