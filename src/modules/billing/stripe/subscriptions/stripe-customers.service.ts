import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/clock.js';
import { PlatformDb } from '../../../../database/platform-db.js';
import { SubscriptionStoreService } from '../../subscriptions/subscription-store.service.js';
import { StripeClientService } from '../stripe-client.service.js';

/** Finds or creates the Stripe customer of an organization. An organization has one customer. */
@Injectable()
export class StripeCustomersService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly client: StripeClientService,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the customer's id. Creates the customer if there is none; concurrent calls create one, because of the idempotency key
   * and the lock.
   *
   * @throws {ProviderUnavailableError | ProviderRefusedError | SubscriptionNotFoundError}
   */
  async customerOf(organizationId: string): Promise<string> {
    const found = await this.platform.subscription.findFirst({ where: { organizationId }, include: { organization: true } });
    if (found !== null && found.providerCustomerId !== null) return found.providerCustomerId;
    // Stripe refuses a repeated key with other parameters: only constant parameters are sent here.
    const idempotencyKey = `tenantry:customer:${organizationId}${found?.providerDetached === true ? ':restored' : ''}`;
    const created = await this.client.ask((api) => api.customers.create({ metadata: { organizationId } }, { idempotencyKey }));
    const customerId = await this.#storeCustomer(organizationId, created.id);
    const { name, billingEmail, email } = found?.organization ?? { name: '', billingEmail: null, email: null };
    const address = billingEmail ?? email;
    await this.client.ask((api) => api.customers.update(customerId, { name, ...(address === null ? {} : { email: address }) }));
    return customerId;
  }

  #storeCustomer(organizationId: string, customerId: string): Promise<string> {
    return this.platform.$transaction(
      async (tx) => {
        const locked = await this.store.lockSubscription(tx, organizationId);
        if (locked.subscription.providerCustomerId !== null) return locked.subscription.providerCustomerId;
        await this.store.writeSubscription(tx, locked, { providerCustomerId: customerId }, this.clock.now());
        return customerId;
      },
      { locksOrganization: organizationId },
    );
  }
}
