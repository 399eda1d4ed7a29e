import { AppError, MalformedRequestError } from '../../../common/errors/app-error.js';

export class InvalidSignatureError extends MalformedRequestError {
  constructor() {
    super('The event is not signed with a secret of this endpoint, or was signed more than five minutes ago.', [], 'invalid_signature');
  }
}

export class ProviderUnavailableError extends AppError {
  constructor() {
    super('unavailable', 'provider_unavailable', 'The payment provider cannot be asked now. Read the subscription, and try again.', { retryAfter: 10 });
  }
}

export class PaymentRefusedError extends AppError {
  constructor(reason: string | undefined) {
    super('payment_required', 'payment_refused', 'The payment was refused. POST …/billing/portal leads to a page to pay otherwise.', reason === undefined ? {} : { reason });
  }
}

export class ProviderRefusedError extends AppError {
  constructor() {
    super('conflict', 'provider_refused', 'The payment provider refuses this. Nothing was changed; the log of the server says why.');
  }
}

export class PriceMissingError extends AppError {
  constructor(key: string) {
    super('unavailable', 'price_missing', `The payment provider has no price "${key}". The operator makes it with: npx tenantry billing:sync`, { retryAfter: 300 });
  }
}
