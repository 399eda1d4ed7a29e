import { Injectable } from '@nestjs/common';
import { StripeClientService } from '../stripe-client.service.js';
import type { Stripe } from 'stripe';
import { formatAmount } from '../../terms/money.js';
import { PriceDiffersError, PriceMissingError } from '../stripe.errors.js';
import { toStripeAmount } from './stripe-amounts.policy.js';

/** Finds the prices that `billing:sync` has created. */
@Injectable()
export class StripePricesService {
  constructor(private readonly client: StripeClientService) {}

  /** Returns the id of the active price with a lookup key. @throws {PriceMissingError} */
  async findPriceId(key: string): Promise<string> {
    return (await this.#findPrice(key)).id;
  }

  /**
   * Returns the id of the active price with a lookup key, if Stripe charges the amount of the catalog: nobody pays another one than was shown.
   *
   * @param amount in minor units of ISO 4217
   * @throws {PriceMissingError | PriceDiffersError}
   */
  async findPriceOf(key: string, amount: number, currency: string): Promise<string> {
    const { id, unit_amount: charged } = await this.#findPrice(key);
    if (charged !== toStripeAmount(amount, currency)) throw new PriceDiffersError(key, formatAmount(amount, currency));
    return id;
  }

  async #findPrice(key: string): Promise<Stripe.Price> {
    const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], active: true, limit: 1 }));
    const [price] = data;
    if (price === undefined) throw new PriceMissingError(key);
    return price;
  }
}
