import { Injectable } from '@nestjs/common';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { DueSteps } from '../subscriptions/due-steps.js';
import { SubscriptionStoreService, type LockedSubscription } from '../subscriptions/subscription-store.service.js';
import { RenewalsService } from './renewals.service.js';
import { TrialsService } from './trials.service.js';

/** Carries out the due steps of one subscription that the hourly job has not done yet, so that a change starts from the current terms. */
@Injectable()
export class DueStepsService extends DueSteps {
  constructor(
    private readonly store: SubscriptionStoreService,
    private readonly trials: TrialsService,
    private readonly renewals: RenewalsService,
  ) {
    super();
  }

  async carryOutDueSteps(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription> {
    const { organizationId } = locked.subscription;
    const ended = await this.trials.endTrial(tx, organizationId, now);
    const renewed = await this.renewals.renewSubscription(tx, organizationId, now);
    return ended || renewed ? this.store.lockSubscription(tx, organizationId) : locked;
  }
}
