import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import type { Terms } from '../terms/prices.policy.js';
import { isCollectedByProvider, type Collection, type ProviderRequest } from '../terms/provider-request.js';

/** The unused part of a period that was paid by a manual invoice. */
export interface Prepaid {
  readonly until: Date;
  /** In minor units of the currency. */
  readonly worth: number;
}

export interface CheckoutRequest {
  readonly subscription: Subscription;
  readonly terms: Terms;
  readonly currency: string | undefined;
  /** Is not charged a second time. */
  readonly prepaid: Prepaid | undefined;
  /** The numbers of manual invoices that are still open. */
  readonly openInvoices: readonly string[];
  /** Where the browser goes after the payment. */
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

  /**
   * Creates a page on which somebody pays for a plan, and returns its URL.
   *
   * @throws {NotOfferedError | AlreadySubscribedError | InvoicesOpenError | PrepaidExceedsError | ProviderUnavailableError}
   */
  abstract createCheckoutPage(request: CheckoutRequest): Promise<string>;

  /** Creates a page with the invoices and payment methods of an organization, and returns its URL. @throws {NotOfferedError | ProviderUnavailableError} */
  abstract createPortalPage(organizationId: string, returnUrl: string): Promise<string>;

  /** Whether a payment provider has a subscription of its own, so that nothing can be changed by hand. */
  collects(subscription: Subscription): boolean {
    return isCollectedByProvider(this.collectionOf(subscription));
  }
}
