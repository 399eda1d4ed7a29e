import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { ForeignAddressError, InvalidSubscriptionError, UsageOverLimitsError } from '../billing.errors.js';
import { DocumentNumbersService } from '../invoices/document-numbers.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { DueStepsService } from '../renewals/due-steps.service.js';
import { SubscriptionFactsService } from '../subscriptions/subscription-facts.service.js';
import { SubscriptionStoreService } from '../subscriptions/subscription-store.service.js';
import { purchaseOf } from '../terms/checkout.policy.js';
import { priceChange } from '../terms/decide-change.policy.js';
import { isSold } from '../terms/prices.policy.js';
import { excessOver } from '../terms/usage-limits.policy.js';
import type { CheckoutDto } from './checkout.dto.js';

/** Creates pages of the payment provider: the checkout, and the portal with invoices and payment methods. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly facts: SubscriptionFactsService,
    private readonly dueSteps: DueStepsService,
    private readonly numbers: DocumentNumbersService,
    private readonly provider: PaymentProvider,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a checkout page, and returns its URL.
   *
   * @throws {InvalidSubscriptionError | UsageOverLimitsError | ForeignAddressError | NotOfferedError | AlreadySubscribedError | InvoicesOpenError | PrepaidExceedsError | ChangeInProgressError}
   */
  async createCheckout(organizationId: string, { successUrl, cancelUrl, ...wanted }: CheckoutDto): Promise<string> {
    const urls = { successUrl: this.#redirectUrl(successUrl, '/successUrl'), cancelUrl: this.#redirectUrl(cancelUrl, '/cancelUrl') };
    const now = this.clock.now();
    const { offer, claim } = await this.platform.$transaction(
      async (tx) => {
        const { subscription } = await this.dueSteps.carryOutDueSteps(tx, await this.store.lockSubscription(tx, organizationId), now);
        await this.numbers.numberDocuments(tx);
        const facts = await this.facts.readChangeFacts(tx, subscription, now);
        const change = priceChange(subscription, wanted, facts);
        if ('problem' in change) throw new InvalidSubscriptionError(change);
        const purchase = purchaseOf(subscription, change, facts);
        const { terms } = purchase;
        if (!isSold(terms.plan)) throw new InvalidSubscriptionError({ problem: 'not_sold' });
        const excess = excessOver(terms, facts);
        if (excess.length > 0) throw new UsageOverLimitsError(terms.plan.key, excess);
        const made = this.provider.offerCheckout(purchase);
        if (made.refusal !== undefined) throw made.refusal;
        // Of two pages that are created at the same time, neither would close the other.
        return { offer: made, claim: await this.store.beginProviderChange(tx, { subscription }, now) };
      },
      { locksOrganization: organizationId },
    );
    try {
      return await this.provider.createCheckoutPage(offer, urls);
    } finally {
      await this.store.endProviderChange(this.platform, claim);
    }
  }

  /** Creates a portal page, and returns its URL. @throws {ForeignAddressError | NotOfferedError} */
  createPortal(organizationId: string, returnUrl: string | undefined): Promise<string> {
    return this.provider.createPortalPage(organizationId, this.#redirectUrl(returnUrl, '/returnUrl'));
  }

  /** Only the front end is allowed: a payment must not lead to a stranger's page. */
  #redirectUrl(given: string | undefined, pointer: string): string {
    if (given === undefined) return this.config.appUrl;
    const origin = URL.canParse(given) ? new URL(given).origin : undefined;
    if (origin !== new URL(this.config.appUrl).origin) throw new ForeignAddressError(pointer, this.config.appUrl);
    return given;
  }
}
