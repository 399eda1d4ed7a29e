import type { PlatformTransaction } from '../../../database/transactions.js';
import type { LockedSubscription } from './subscription-store.service.js';

/** Carries out the due steps of a subscription. Renewals build on subscriptions, which therefore know only this class of `DueStepsService`. */
export abstract class DueSteps {
  /** Ends a trial and renews or ends periods that are over. @returns the subscription after that */
  abstract carryOutDueSteps(tx: PlatformTransaction, locked: LockedSubscription, now: Date): Promise<LockedSubscription>;
}
