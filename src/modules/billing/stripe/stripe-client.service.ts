import { Injectable, Logger } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { packages } from '../../../common/packages.js';
import { tracedFetch } from '../../../common/tracing.js';
import { AppConfig, type StripeSettings } from '../../../config/app-config.js';
import { commitHeldTransaction } from '../../../tenancy/tenant-context.js';
import { PaymentRefusedError, ProviderRefusedError, ProviderUnavailableError } from './stripe.errors.js';

/** Milliseconds for a call with its whole answer. A call is repeated once, with the same idempotency key. */
const callTimeout = 8000;

/** Creates the client of Stripe's library on first use. */
@Injectable()
export class StripeClientService {
  readonly #logger = new Logger(StripeClientService.name);
  #api: Stripe | undefined;

  constructor(private readonly config: AppConfig) {}

  /** Undefined unless Stripe collects. */
  get settings(): StripeSettings | undefined {
    return this.config.stripe;
  }

  /** The client for queue workers, which repeat failed calls. Throws the library's errors. */
  get api(): Stripe {
    this.#api ??= connect(this.config.stripe);
    return this.#api;
  }

  /**
   * Makes a call for an HTTP request. Logs the library's errors, and throws errors that an HTTP client can understand.
   *
   * @throws {PaymentRefusedError | ProviderRefusedError | ProviderUnavailableError}
   */
  async ask<Answer>(call: (api: Stripe) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(this.api);
    } catch (error) {
      const { errors } = packages.stripe;
      if (!(error instanceof errors.StripeError)) throw error;
      this.#logger.warn({ type: error.type, code: error.code, param: error.param, status: error.statusCode, requestId: error.requestId, err: error.message }, 'Stripe call failed');
      if (error instanceof errors.StripeCardError) throw new PaymentRefusedError(error.decline_code ?? error.code);
      throw error instanceof errors.StripeInvalidRequestError || error instanceof errors.StripeIdempotencyError ? new ProviderRefusedError() : new ProviderUnavailableError();
    }
  }
}

/** Like `fetch`, but fails with the reason why it failed, whose code says whether Stripe was reached. */
async function fetchOnce(url: string, init: RequestInit): Promise<Response> {
  try {
    await commitHeldTransaction();
    return await tracedFetch(url, { ...init, redirect: 'error' });
  } catch (error) {
    throw (error as Error).cause ?? error;
  }
}

/** Returns a client of Stripe's library. */
export function connect(settings: StripeSettings | undefined): Stripe {
  if (settings === undefined) throw new Error('BILLING_PROVIDER is not stripe');
  const { secretKey, apiUrl } = settings;
  const Stripe = packages.stripe;
  // The library's other client limits only the time between two bytes: an answer that comes byte by byte would hold a call without end.
  const httpClient = Stripe.createFetchHttpClient(fetchOnce as never);
  const common = { httpClient, maxNetworkRetries: 1, timeout: callTimeout, telemetry: false, appInfo: { name: 'tenantry' } };
  if (apiUrl === undefined) return new Stripe(secretKey, common);
  const { protocol, hostname, port } = new URL(apiUrl);
  return new Stripe(secretKey, {
    ...common,
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  });
}

/** Whether Stripe answered that the object does not exist. */
export const isMissing = (error: unknown): boolean => error instanceof packages.stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
