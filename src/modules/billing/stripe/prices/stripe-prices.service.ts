import { Injectable } from '@nestjs/common';
import { StripeClientService } from '../stripe-client.service.js';
import { PriceMissingError } from '../stripe.errors.js';

/** Finds the prices that `billing:sync` has created. */
@Injectable()
export class StripePricesService {
  constructor(private readonly client: StripeClientService) {}

  /** Returns the id of the active price with a lookup key. @throws {PriceMissingError} */
  async findPriceId(key: string): Promise<string> {
    const { data } = await this.client.ask((api) => api.prices.list({ lookup_keys: [key], active: true, limit: 1 }));
    const [price] = data;
    if (price === undefined) throw new PriceMissingError(key);
    return price.id;
  }
}
