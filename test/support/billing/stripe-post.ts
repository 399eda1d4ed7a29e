import { expect } from '@jest/globals';
import { StripeEventsWorker } from '../../../src/modules/billing/stripe/inbox/stripe-events.worker.js';
import type { TestServer } from '../server.js';
import type { Told } from '../stripe-time.js';
import type { StripeWorld } from '../stripe-world.js';
import type { StripeSight } from './stripe-sight.js';

type Values = Record<string, any>;
export type Order = 'first' | 'last' | 'shuffled' | 'at once';

/** How Stripe delivers events: late, twice, in another order, to one server or the other, or never. */
export class StripePost {
  /** Events that Stripe has not got rid of yet, in its order. */
  readonly pending: Values[] = [];
  readonly #handled: Values[] = [];
  #turn = 0;

  /** @param learn what the model learns from an event that was handled */
  constructor(
    private readonly world: StripeWorld,
    private readonly sight: StripeSight,
    private readonly learn: (event: Values) => void,
  ) {}

  /** One server and then the other. */
  get server(): TestServer {
    this.#turn += 1;
    return this.world.servers[this.#turn % this.world.servers.length] ?? this.world.server;
  }

  /** Some of the events that are pending, each to one of the servers; `twice` also when it was handled. */
  async deliver(count: number, order: Order, twice = false): Promise<void> {
    const picked = order === 'last' ? this.pending.splice(-count).toReversed() : this.pending.splice(0, count);
    const events = order === 'shuffled' ? [1, 0].flatMap((odd) => picked.filter((_, index) => index % 2 === odd)) : picked;
    for (const event of events) await this.#receive(event, twice ? 2 : 1);
    if (order === 'at once') await Promise.all([...events, ...(twice ? events : [])].map((event) => this.#handle(event)));
    for (const event of events) {
      if (order !== 'at once') await this.#handle(event);
      this.#done(event);
    }
    if (twice) await this.repeat(events);
  }
  /** Processed events are delivered again: Stripe is not called, and nothing is written. */
  async repeat(events: readonly Values[] = this.#handled.slice(-5)): Promise<void> {
    const before = await this.sight.marks();
    for (const event of events) {
      await this.#receive(event, 1);
      await this.#handle(event);
    }
    expect({ marks: await this.sight.marks() }).toEqual({ marks: before });
  }
  /** An event is overtaken: Stripe was asked about it, and before what it said is written, something newer `happens`, and is. */
  async overtake(happens: () => Promise<void>): Promise<void> {
    const index = this.pending.findIndex(({ type }) => type === 'customer.subscription.updated');
    const [event] = index < 0 ? [] : this.pending.splice(index, 1);
    if (event === undefined) return;
    await this.#receive(event, 1);
    let newer: Promise<void> | undefined;
    this.world.stripe.afterwards = async (call) => {
      if (newer !== undefined || call !== `GET /v1/subscriptions/${event['data'].object.id}`) return;
      newer = happens().then(() => this.deliver(1, 'last'));
      await newer;
    };
    await this.#handle(event);
    this.world.stripe.afterwards = undefined;
    this.#done(event);
  }
  /** Stripe has tried for days, and gives up. @returns how many are lost */
  lose(count: number, now: number): number {
    const young = this.pending.filter(({ created }) => created > now - 7 * 24 * 3600).slice(0, count);
    for (const event of young) this.pending.splice(this.pending.indexOf(event), 1);
    return young.length;
  }
  tell(told: readonly Told[]): void {
    this.pending.push(...told.map(([type, object]) => this.world.stripe.event(type, object)));
  }

  async #receive(event: Values, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) expect((await this.world.stripe.deliver(this.server.api, event)).status).toBe(200);
  }
  #handle(event: Values): Promise<void> {
    return this.server.app.get(StripeEventsWorker).handleStripeEvent(event['id']);
  }

  #done(event: Values): void {
    this.learn(event);
    this.#handled.push(event);
  }
}
