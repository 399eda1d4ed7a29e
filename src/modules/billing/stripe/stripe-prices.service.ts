import { Injectable } from '@nestjs/common';
import { StripeClient } from './stripe-client.service.js';
import { PriceMissingError } from './stripe.errors.js';

/** Finds prices that `billing:sync` made. */
@Injectable()
export class StripePrices {
  constructor(private readonly client: StripeClient) {}

  /** @throws {PriceMissingError} */
  async idOf(key: string): Promise<string> {
    const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], active: true, limit: 1 }));
    const [price] = data;
    if (price === undefined) throw new PriceMissingError(key);
    return price.id;
  }
}
