import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/clock.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { SubscriptionStoreService } from '../../subscriptions/subscription-store.service.js';
import { StripeClientService } from '../stripe-client.service.js';

/** The one customer of each organization: of the organization, not of whoever clicks, who may have several. */
@Injectable()
export class StripeCustomersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly client: StripeClientService,
    private readonly clock: Clock,
  ) {}

  /**
   * Its id; made when there is none. Two at once get the same one: Stripe by the idempotency key, and ours by the lock.
   *
   * @throws {ProviderUnavailableError | ProviderRefusedError | SubscriptionNotFoundError}
   */
  async of(organizationId: string): Promise<string> {
    const found = await this.platform.subscription.findFirst({ where: { organizationId }, include: { organization: true } });
    if (found !== null && found.providerCustomerId !== null) return found.providerCustomerId;
    // Nothing that may change stands beside the key: Stripe refuses a key that comes with other parameters.
    const idempotencyKey = `tenantry:customer:${organizationId}${found?.providerDetached === true ? ':restored' : ''}`;
    const made = await this.client.ask((api) => api.customers.create({ metadata: { organizationId } }, { idempotencyKey }));
    const customerId = await this.#keep(organizationId, made.id);
    const { name, billingEmail, email } = found?.organization ?? { name: '', billingEmail: null, email: null };
    const address = billingEmail ?? email;
    await this.client.ask((api) => api.customers.update(customerId, { name, ...(address === null ? {} : { email: address }) }));
    return customerId;
  }

  #keep(organizationId: string, customerId: string): Promise<string> {
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      if (locked.subscription.providerCustomerId !== null) return locked.subscription.providerCustomerId;
      await this.store.write(tx, locked, { providerCustomerId: customerId }, this.clock.now());
      return customerId;
    });
  }
}
