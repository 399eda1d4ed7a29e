import { Injectable } from '@nestjs/common';
import { PlatformDb } from '../../../../database/platform-db.js';
import { isMissing, StripeClientService } from '../stripe-client.service.js';

/** What came of the errand of an erased organization. */
export interface Erasure {
  readonly outcome: 'ended' | 'ignored';
  /** Subscriptions that were cancelled, and pages of a checkout that were closed. */
  readonly subscriptions: number;
  readonly sessions: number;
}

/** Ends what the customer of an organization pays that was erased: of its rows, nothing is left but this errand. */
@Injectable()
export class StripeErasureService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly client: StripeClientService,
  ) {}

  /** All that the customer has, also what no event has told of. Done twice, it changes nothing. */
  async end(customerId: string): Promise<Erasure> {
    // It was not erased after all, or is back from an archive that went on with its customer.
    if ((await this.platform.subscription.count({ where: { providerCustomerId: customerId } })) > 0) return { outcome: 'ignored', subscriptions: 0, sessions: 0 };
    const { checkout, subscriptions } = this.client.api;
    // First the pages: what is paid on one until then is cancelled with the rest.
    const sessions = await this.#each(checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 }), (id) => checkout.sessions.expire(id));
    return { outcome: 'ended', sessions, subscriptions: await this.#each(subscriptions.list({ customer: customerId, limit: 100 }), (id) => subscriptions.cancel(id)) };
  }

  /** @returns how many it was done to: none where Stripe has no such customer. What somebody else was faster with does not keep the others. */
  async #each(found: AsyncIterable<{ readonly id: string }>, act: (id: string) => Promise<unknown>): Promise<number> {
    let done = 0;
    const all = async (): Promise<void> => {
      for await (const { id } of found) if (await isThere(act(id))) done += 1;
    };
    await isThere(all());
    return done;
  }
}

/** Whether Stripe had what was asked for. */
async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}
