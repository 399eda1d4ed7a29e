import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import type { Terms } from '../terms/prices.policy.js';
import type { PlannedChange } from '../terms/wanted-terms.policy.js';

/** What is left to do with the provider, once the organization is no longer locked. It also writes what came of it. */
export type ProviderStep = () => Promise<void>;

/** The rest of a period that was paid for otherwise. */
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
  /** The numbers of invoices that are open, and paid otherwise. */
  readonly open: readonly string[];
  /** Where the browser goes afterwards. */
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/**
 * Who collects the money. What is agreed is judged by `Subscriptions`, under the organization's lock; where the provider
 * must be told of it, it gives back a step, which runs without the lock. Undefined: nobody else is to be told, and the
 * rows say it all.
 */
export abstract class PaymentProvider {
  /** @throws {CheckoutRequiredError} when the provider must first be told how it is paid */
  abstract change(subscription: Subscription, change: PlannedChange, currency: string | undefined): ProviderStep | undefined;
  abstract cancel(subscription: Subscription, atPeriodEnd: boolean): ProviderStep | undefined;
  abstract resume(subscription: Subscription): ProviderStep | undefined;
  abstract pause(subscription: Subscription): ProviderStep | undefined;
  abstract setTrial(subscription: Subscription, endsAt: Date): ProviderStep | undefined;

  /** Whether it has an agreement of its own about this subscription, so that nothing about it is noted by hand. */
  abstract collects(subscription: Subscription): boolean;

  /** Its organization is erased by this transaction: whatever is agreed about it ends, once that has committed. */
  abstract erased(tx: PlatformTransaction, subscription: Subscription): Promise<void>;

  /** A page on which somebody says how they pay. @throws {NotOfferedError | AlreadySubscribedError | InvoicesOpenError | PrepaidExceedsError | ProviderUnavailableError} */
  abstract checkout(request: CheckoutRequest): Promise<string>;

  /** A page with invoices and means of payment. @throws {NotOfferedError | ProviderUnavailableError} */
  abstract portal(organizationId: string, returnUrl: string): Promise<string>;
}
