import { Injectable, Logger } from '@nestjs/common';
import { Stripe } from 'stripe';
import { AppConfig, type StripeSettings } from '../../../config/app-config.js';
import { PaymentRefusedError, ProviderRefusedError, ProviderUnavailableError } from './stripe.errors.js';

/** One call waits this long for an answer, and is tried once more with the same idempotency key. Milliseconds. */
const patience = 8000;

/** Stripe's library, made when it is first needed. */
@Injectable()
export class StripeClientService {
  readonly #logger = new Logger(StripeClientService.name);
  #api: Stripe | undefined;

  constructor(private readonly config: AppConfig) {}

  /** Undefined while somebody else collects. */
  get settings(): StripeSettings | undefined {
    return this.config.stripe;
  }

  /** For the queue, which tries again: errors come as the library throws them. */
  get api(): Stripe {
    this.#api ??= connect(this.config.stripe);
    return this.#api;
  }

  /**
   * For requests: errors come as answers.
   *
   * @throws {PaymentRefusedError | ProviderRefusedError | ProviderUnavailableError}
   */
  async ask<Answer>(call: (api: Stripe) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(this.api);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      this.#logger.warn({ type: error.type, code: error.code, param: error.param, status: error.statusCode, requestId: error.requestId, err: error.message }, 'Stripe refused');
      if (error instanceof Stripe.errors.StripeCardError) throw new PaymentRefusedError(error.decline_code ?? error.code);
      throw error instanceof Stripe.errors.StripeInvalidRequestError || error instanceof Stripe.errors.StripeIdempotencyError
        ? new ProviderRefusedError()
        : new ProviderUnavailableError();
    }
  }
}

function connect(settings: StripeSettings | undefined): Stripe {
  if (settings === undefined) throw new Error('BILLING_PROVIDER is not stripe');
  const { secretKey, apiUrl } = settings;
  const common = { maxNetworkRetries: 1, timeout: patience, telemetry: false, appInfo: { name: 'tenantry' } };
  if (apiUrl === undefined) return new Stripe(secretKey, common);
  const { protocol, hostname, port } = new URL(apiUrl);
  return new Stripe(secretKey, {
    ...common,
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  });
}

/** Whether Stripe says that there is no such object. */
export const isMissing = (error: unknown): boolean => error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
