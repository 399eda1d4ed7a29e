import { Injectable } from '@nestjs/common';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { SubscriptionNotFoundError } from '../billing.errors.js';
import type { ProviderStep } from '../providers/payment-provider.js';
import { SubscriptionStoreService, type LockedSubscription } from './subscription-store.service.js';

/** Judges a locked subscription: what became of it, or what is left to do with the provider. */
export type Judge = (tx: PlatformTransaction, locked: LockedSubscription) => Promise<LockedSubscription | ProviderStep>;

/** How a change is decided on: judged under the organization's lock, and the provider told without it, so that others do not wait for the network. */
@Injectable()
export class SubscriptionDecisionsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
  ) {}

  /**
   * Where the provider is to be told, the subscription has another version before that is done: who has read the one before is
   * refused, and no two attempts say something to the provider under the same key, which it would answer as the first time.
   *
   * @throws {SubscriptionNotFoundError}
   */
  async decide(organizationId: string, judge: Judge): Promise<Subscription> {
    const decided = await this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      const result = await judge(tx, locked);
      if (typeof result === 'function') await this.store.touch(tx, locked);
      return result;
    });
    if (typeof decided !== 'function') return decided.subscription;
    await decided();
    return this.get(organizationId);
  }

  /** @throws {SubscriptionNotFoundError} */
  async get(organizationId: string): Promise<Subscription> {
    const subscription = await this.platform.subscription.findFirst({ where: { organizationId } });
    if (subscription === null) throw new SubscriptionNotFoundError();
    return subscription;
  }
}
