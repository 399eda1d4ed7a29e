import { Injectable } from '@nestjs/common';
import { PlatformDb } from '../../../../database/platform-db.js';
import { isMissing, StripeClientService } from '../stripe-client.service.js';

/** The result of the task for an erased organization. */
export interface Erasure {
  readonly outcome: 'ended' | 'ignored';
  /** How many subscriptions were canceled, and how many checkout sessions were closed. */
  readonly subscriptions: number;
  readonly sessions: number;
}

/** Ends all payments of the customer of an erased organization. Only the task itself still names the customer. */
@Injectable()
export class StripeErasureService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly client: StripeClientService,
  ) {}

  /** Cancels all subscriptions of a customer, and closes its checkout sessions. Running it twice has no further effect. */
  async endCustomer(customerId: string): Promise<Erasure> {
    // The organization was not erased, or was restored from an archive with the same customer.
    if ((await this.platform.subscription.count({ where: { providerCustomerId: customerId } })) > 0) return { outcome: 'ignored', subscriptions: 0, sessions: 0 };
    const { checkout, subscriptions } = this.client.api;
    // Sessions first: a subscription that is bought until then is canceled with the others.
    const sessions = await this.#each(checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 }), (id) => checkout.sessions.expire(id));
    return { outcome: 'ended', sessions, subscriptions: await this.#each(subscriptions.list({ customer: customerId, limit: 100 }), (id) => subscriptions.cancel(id)) };
  }

  /** Skips objects that Stripe no longer has. @returns the number of changed objects: zero if Stripe does not have the customer */
  async #each(found: AsyncIterable<{ readonly id: string }>, act: (id: string) => Promise<unknown>): Promise<number> {
    let done = 0;
    const all = async (): Promise<void> => {
      for await (const { id } of found) if (await exists(act(id))) done += 1;
    };
    await exists(all());
    return done;
  }
}

/** Returns whether Stripe has the requested object. */
async function exists(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}
