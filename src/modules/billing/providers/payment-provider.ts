import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import type { CheckoutOffer, CheckoutPurchase } from '../terms/checkout.policy.js';
import { isCollectedByProvider, type Collection, type ProviderRequest } from '../terms/provider-request.js';

/** Where the browser goes after a payment on a checkout page, and after none. */
export interface CheckoutUrls {
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/**
 * Collects the money. Changes are decided under the organization's lock (`decideChange`); a request to the provider is carried
 * out after the lock is released, since the network may be slow.
 */
export abstract class PaymentProvider {
  /** Returns who collects for a subscription. */
  abstract collectionOf(subscription: Subscription): Collection;

  /**
   * Carries out a change at the provider, then writes what the provider answers. Call it without a lock.
   *
   * @param subscription as it was when the change was decided
   * @throws {SubscriptionChangedError} if the provider has other terms than the decision assumed
   * @throws {PaymentRefusedError | ProviderRefusedError | ProviderUnavailableError | PriceMissingError}
   */
  abstract carryOut(subscription: Subscription, request: ProviderRequest): Promise<void>;

  /** Ends what the provider collects for an organization that this transaction erases, after the transaction has committed. */
  abstract endErasedSubscription(tx: PlatformTransaction, subscription: Subscription): Promise<void>;

  /** Returns what a checkout page sells and charges, or why there is none. @throws {NotOfferedError} */
  abstract offerCheckout(purchase: CheckoutPurchase): CheckoutOffer;

  /**
   * Creates a page on which somebody pays for an offer, and returns its URL.
   *
   * @throws {NotOfferedError | AlreadySubscribedError | InvoicesOpenError | PrepaidExceedsError | PriceMissingError | PriceDiffersError | ProviderUnavailableError}
   */
  abstract createCheckoutPage(offer: CheckoutOffer, urls: CheckoutUrls): Promise<string>;

  /** Creates a page with the invoices and payment methods of an organization, and returns its URL. @throws {NotOfferedError | ProviderUnavailableError} */
  abstract createPortalPage(organizationId: string, returnUrl: string): Promise<string>;

  /** Whether a payment provider has a subscription of its own, so that nothing can be changed by hand. */
  collects(subscription: Subscription): boolean {
    return isCollectedByProvider(this.collectionOf(subscription));
  }
}
