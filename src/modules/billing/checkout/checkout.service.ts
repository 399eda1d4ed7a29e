import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { ForeignAddressError, InvalidSubscriptionError, UsageOverLimitsError } from '../billing.errors.js';
import type { CheckoutDto } from './checkout.dto.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { isSold, type Terms } from '../terms/prices.policy.js';
import { SubscriptionStoreService } from '../subscriptions/subscription-store.service.js';
import { SubscriptionUsageService } from '../subscriptions/subscription-usage.service.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';

/** Leads to the provider's pages, on which is said how something is paid. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly subscriptions: SubscriptionsService,
    private readonly usage: SubscriptionUsageService,
    private readonly invoices: InvoicesService,
    private readonly provider: PaymentProvider,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidSubscriptionError | UsageOverLimitsError | ForeignAddressError | NotOfferedError | AlreadySubscribedError | PrepaidExceedsError} */
  async begin(organizationId: string, { successUrl, cancelUrl, ...wanted }: CheckoutDto): Promise<string> {
    const addresses = { successUrl: this.#ours(successUrl, '/successUrl'), cancelUrl: this.#ours(cancelUrl, '/cancelUrl') };
    const now = this.clock.now();
    const judged = await this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      const { change, currency } = await this.subscriptions.work(tx, locked, wanted, now);
      const terms: Terms = change.next ?? change.now;
      if (!isSold(terms.plan)) throw new InvalidSubscriptionError({ problem: 'not_sold' });
      const over = await this.usage.excess(tx, organizationId, terms, now);
      if (over.length > 0) throw new UsageOverLimitsError(terms.plan.key, over);
      const open = await this.invoices.openByHand(tx, organizationId);
      const prepaid = await this.subscriptions.prepaid(tx, locked, now);
      return { subscription: locked.subscription, terms, currency, open, prepaid };
    });
    return this.provider.checkout({ ...judged, ...addresses });
  }

  /** @throws {ForeignAddressError | NotOfferedError} */
  portal(organizationId: string, returnUrl: string | undefined): Promise<string> {
    return this.provider.portal(organizationId, this.#ours(returnUrl, '/returnUrl'));
  }

  /** Somebody who has paid must not be led to a stranger's page: only to the front end. */
  #ours(given: string | undefined, pointer: string): string {
    if (given === undefined) return this.config.appUrl;
    const origin = URL.canParse(given) ? new URL(given).origin : undefined;
    if (origin !== new URL(this.config.appUrl).origin) throw new ForeignAddressError(pointer, this.config.appUrl);
    return given;
  }
}
