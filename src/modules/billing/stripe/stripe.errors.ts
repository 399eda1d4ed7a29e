import { AppError, MalformedRequestError } from '../../../common/errors/app-error.js';

export class InvalidSignatureError extends MalformedRequestError {
  constructor() {
    super(
      'The event has no valid signature of this endpoint, or its signature is older than five minutes. Check STRIPE_WEBHOOK_SECRET and the clock of the server.',
      [],
      'invalid_signature',
    );
  }
}

export class ProviderUnavailableError extends AppError {
  constructor() {
    super('unavailable', 'provider_unavailable', 'The payment provider cannot be reached. Read the subscription to see whether it changed, then try again.', { retryAfter: 10 });
  }
}

export class PaymentRefusedError extends AppError {
  constructor(reason: string | undefined) {
    super(
      'payment_required',
      'payment_refused',
      'The payment was declined. Call POST /organizations/{organizationId}/billing/portal for a page to change the payment method.',
      reason === undefined ? {} : { reason },
    );
  }
}

export class ProviderRefusedError extends AppError {
  constructor() {
    super('conflict', 'provider_refused', 'The payment provider refused this change. Nothing was changed; the server log contains the reason.');
  }
}

export class PriceMissingError extends AppError {
  constructor(key: string) {
    super('unavailable', 'price_missing', `The payment provider has no price "${key}". The operator creates it with: npx tenantry billing:sync`, { retryAfter: 300 });
  }
}

export class PriceDiffersError extends AppError {
  constructor(key: string, amount: string) {
    super(
      'unavailable',
      'price_differs',
      `The payment provider has another amount than the catalog (${amount}) for the price "${key}". The operator compares them with: npx tenantry billing:sync --dry-run`,
      { retryAfter: 300 },
    );
  }
}
