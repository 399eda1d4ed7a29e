import { Injectable, Logger } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { CollectedElsewhereError, NotOfferedError } from '../billing.errors.js';
import { StripeTasksService } from '../stripe/inbox/stripe-tasks.service.js';
import type { Collection } from '../terms/provider-request.js';
import { BillingModesService } from './billing-modes.service.js';
import { PaymentProvider } from './payment-provider.js';

/** Bills by invoice: tenantry writes the invoices, and the operator records their payment. */
@Injectable()
export class ManualPaymentProvider extends PaymentProvider {
  readonly #logger = new Logger(ManualPaymentProvider.name);

  constructor(
    private readonly tasks: StripeTasksService,
    private readonly modes: BillingModesService,
  ) {
    super();
  }

  /** A subscription that Stripe collected for before this provider was chosen may still be collected there. */
  collectionOf({ provider, providerSubscriptionId, status, billing }: Subscription): Collection {
    if (provider !== 'manual' && providerSubscriptionId !== null && status !== 'canceled') return 'elsewhere';
    return this.modes.bills({ billing }) ? 'here' : 'nobody';
  }

  carryOut(): Promise<void> {
    return Promise.reject(new CollectedElsewhereError());
  }

  async endErasedSubscription(tx: PlatformTransaction, subscription: Subscription): Promise<void> {
    const { organizationId, providerCustomerId: customerId } = subscription;
    if (customerId === null) return;
    await this.tasks.queueErasure(tx, customerId);
    if (this.collects(subscription))
      this.#logger.error(
        { organizationId, customerId },
        'Stripe still collects from an erased organization. Cancel its subscription in Stripe, or set BILLING_PROVIDER=stripe again',
      );
  }

  offerCheckout(): never {
    throw new NotOfferedError('checkout page');
  }

  createCheckoutPage(): Promise<string> {
    return Promise.reject(new NotOfferedError('checkout page'));
  }

  createPortalPage(): Promise<string> {
    return Promise.reject(new NotOfferedError('payment page'));
  }
}
