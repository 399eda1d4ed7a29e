import { Injectable } from '@nestjs/common';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { SubscriptionFactsService } from '../subscriptions/subscription-facts.service.js';
import { sellsSeats, type Terms } from '../terms/prices.policy.js';
import { scheduledTermsOf, termsOf } from '../terms/subscription-terms.policy.js';
import { blockingExcess, seatsInUse } from '../terms/usage-limits.policy.js';

/** Decides which terms the next period of a subscription has. */
@Injectable()
export class ScheduledTermsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly facts: SubscriptionFactsService,
  ) {}

  /**
   * Returns the scheduled terms, with at least the seats that are in use. Returns the current terms if none are scheduled, or
   * if the organization by now uses more than the scheduled terms allow.
   */
  async termsOfNextPeriod(tx: PlatformTransaction, subscription: Subscription, now: Date): Promise<Terms> {
    const current = termsOf(subscription, this.catalog);
    const scheduled = scheduledTermsOf(subscription, this.catalog);
    if (scheduled === undefined) return current;
    const usage = await this.facts.readUsageFacts(tx, subscription.organizationId, now);
    const seats = sellsSeats(scheduled.plan) ? Math.max(scheduled.seats ?? current.seats ?? 1, seatsInUse(usage), 1) : undefined;
    const next = { ...scheduled, seats };
    return blockingExcess(current, next, usage).length > 0 ? current : next;
  }
}
