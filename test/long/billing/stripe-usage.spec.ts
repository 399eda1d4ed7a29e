import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { StripeUsageService, type UsageReport } from '../../../src/modules/billing/stripe/usage/stripe-usage.service.js';
import { runJob } from '../../support/jobs.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Failure } from '../../support/stripe-stand-in.js';
import type { Person } from '../../support/world.js';

type Values = Record<string, any>;
type Customer = Person & { readonly theirs: Values };

let world: StripeWorld;
beforeAll(async () => {
  world = await StripeWorld.open(2);
});
afterAll(() => world.close());
afterEach(() => {
  world.stripe.failures.length = 0;
  world.stripe.afterwards = undefined;
});

const ledger = () => world.stripe.ledger;
const dayLength = 24 * 3600 * 1000;
/** A day before today, as it is written. */
const ago = (days: number): string => new Date(Date.now() - days * dayLength).toISOString().slice(0, 10);
const endOf = (day: string): number => Date.parse(`${day}T23:59:59Z`) / 1000;
const report = (server = world.server, day = ago(1)): Promise<UsageReport> => server.app.get(StripeUsageService).sendUsage(day);

/** Somebody who has paid for a long time. */
async function customer(since = 40, body: object = { plan: 'pro' }): Promise<Customer> {
  const who = await world.customer(body);
  await world.look.query(`update subscriptions set period_start = $2, period_end = now() + interval '10 days' where organization_id = $1`, [who.organizationId, ago(since)]);
  await report(world.server, ago(since - 1));
  return who;
}

async function use(who: Person, on: string, quantity: number, { meter = 'quizzes', reporter = '' } = {}): Promise<void> {
  const text = `insert into usage_days (organization_id, day, meter, reporter, quantity, events) values ($1, $2, $3, $4, $5, 1)
    on conflict (organization_id, day, meter, reporter) do update set quantity = usage_days.quantity + excluded.quantity`;
  await world.look.query(text, [who.organizationId, on, meter, reporter, quantity]);
}

/** Whatever was tried was so a day earlier. */
const dayGoesBy = () => world.look.query(`update usage_reports set tried_at = tried_at - interval '24 hours' where sent_at is null`);

const charged = (who: Customer, meter = 'quizzes', from = 0): number => ledger().usageOf(who.theirs['customer'], meter, from);
const eventsOf = (who: Customer): Values[] => [...ledger().meterEvents.values()].filter(({ payload }) => payload.stripe_customer_id === who.theirs['customer']);
const rowsOf = async (who: Person): Promise<Values[]> =>
  (await world.look.query('select * from usage_reports where organization_id = $1 order by day, meter, number', [who.organizationId])).rows;

describe('the usage of a day that is over', () => {
  it('the nightly job reports usage once for each customer and billed meter', async () => {
    const [one, two, free] = [await customer(), await customer(), await world.server.world.owner()];
    await use(one, ago(0), 7);
    await use(one, ago(0), 5, { reporter: 'key:1' });
    await use(one, ago(0), 2, { meter: 'pages' });
    await use(two, ago(0), 3);
    await use(free, ago(0), 9);
    await use(one, ago(-1), 100);
    expect(await runJob(world.server.app, 'send-stripe-usage', new Date(Date.now() + dayLength))).toMatchObject({ outcome: 'done', result: { queued: 1 } });
    expect((await world.handled(`usage:${ago(0)}`))['result']).toEqual({ sent: 3, known: 0, refused: 0, doubtful: 0 });
    expect([charged(one), charged(one, 'pages'), charged(two)]).toEqual([12, 2, 3]);
    expect(eventsOf(one).map(({ timestamp, identifier }) => [Number(timestamp), identifier.length])).toEqual([
      [endOf(ago(0)), 36],
      [endOf(ago(0)), 36],
    ]);
    expect(await report(world.server, ago(0))).toMatchObject({ sent: 0, known: 0 });
    expect([charged(one), charged(two)]).toEqual([12, 3]);
  });

  it('late or corrected usage is reported as the difference', async () => {
    const who = await customer();
    const events = async (...list: object[]): Promise<void> => {
      const { status, text } = await who.api.post('/usage/events', { events: list });
      if (status >= 300) throw new Error(`the events were answered ${status}: ${text}`);
    };
    const at = `${ago(3)}T10:00:00Z`;
    await events({ id: 'a', meter: 'quizzes', quantity: 40, occurredAt: at }, { id: 'b', meter: 'quizzes', quantity: 2, occurredAt: `${ago(1)}T10:00:00Z` });
    await report();
    expect(charged(who)).toBe(42);
    await events({ id: 'late', meter: 'quizzes', quantity: 8, occurredAt: at }, { id: 'new', meter: 'pages', quantity: 1, occurredAt: at });
    await report();
    expect([charged(who), charged(who, 'pages')]).toEqual([50, 1]);
    await events({ id: 'fixed', meter: 'quizzes', quantity: -30, corrects: 'a' });
    await report();
    expect(charged(who)).toBe(20);
    // Back to nothing, and up again.
    await events({ id: 'gone', meter: 'quizzes', quantity: -10, corrects: 'a' }, { id: 'gone too', meter: 'quizzes', quantity: -8, corrects: 'late' });
    await report();
    await events({ id: 'again', meter: 'quizzes', quantity: 1, occurredAt: at });
    await report();
    expect(charged(who)).toBe(3);
    expect((await rowsOf(who)).filter(({ meter }) => meter === 'quizzes').map(({ number, quantity }) => [number, Number(quantity)])).toEqual([
      [1, 40],
      [2, 8],
      [3, -30],
      [4, -18],
      [5, 1],
      [1, 2],
    ]);
    expect(new Set(eventsOf(who).map(({ timestamp }) => Number(timestamp)))).toEqual(new Set([endOf(ago(3)), endOf(ago(1))]));
  });

  it('late usage of an invoiced period is charged in the current period', async () => {
    const who = await customer();
    await use(who, ago(6), 10);
    await report();
    const starts = `${ago(4)}T00:00:00Z`;
    await world.look.query('update subscriptions set period_start = $2 where organization_id = $1', [who.organizationId, starts]);
    await use(who, ago(6), 5);
    await use(who, ago(5), -1);
    await use(who, ago(4), 20);
    await report();
    expect([charged(who), charged(who, 'quizzes', Date.parse(starts) / 1000)]).toEqual([34, 24]);
  });

  it('usage that is too old for Stripe is reported for the oldest day that Stripe accepts', async () => {
    const who = await customer(80);
    await use(who, ago(50), 4);
    await report(world.server, ago(49));
    expect(charged(who)).toBe(4);
    expect(Date.now() / 1000 - Number(eventsOf(who)[0]?.['timestamp'])).toBeLessThan(35 * 24 * 3600);
  });
});

describe('what is not charged for', () => {
  it('usage before the purchase, on the day of purchase and in a trial is not charged', async () => {
    const who = await world.customer({ plan: 'pro' });
    for (const days of [3, 2, 1, 0]) await use(who, ago(days), 10);
    await report();
    await report(world.server, ago(0));
    expect(charged(who)).toBe(0);
    await use(who, ago(-1), 6);
    await report(world.server, ago(-1));
    expect(charged(who)).toBe(6);
    await world.look.query(`update subscriptions set status = 'trialing', trial_ends_at = now() + interval '5 days' where organization_id = $1`, [who.organizationId]);
    await use(who, ago(-2), 7);
    await report(world.server, ago(-2));
    // The trial has ended, and a period has begun.
    await world.look.query(`update subscriptions set status = 'active', period_start = $2, period_end = now() + interval '60 days' where organization_id = $1`, [
      who.organizationId,
      ago(-3),
    ]);
    for (const day of [-3, -4]) await use(who, ago(day), 1);
    await report(world.server, ago(-4));
    expect(charged(who)).toBe(7);
  });

  it('usage between the end of a subscription and the next purchase is not charged', async () => {
    const who = await customer();
    await use(who, ago(5), 3);
    await report(world.server, ago(5));
    await world.look.query(`update subscriptions set status = 'canceled', canceled_at = now() where organization_id = $1`, [who.organizationId]);
    await use(who, ago(4), 50);
    await report(world.server, ago(4));
    await world.look.query(`update subscriptions set status = 'active', canceled_at = null, period_start = $2 where organization_id = $1`, [who.organizationId, ago(3)]);
    await use(who, ago(3), 50);
    await use(who, ago(2), 4);
    for (const days of [3, 2, 1]) await report(world.server, ago(days));
    expect(charged(who)).toBe(7);
  });
});

describe('unsent usage of a subscription that has ended', () => {
  const end = async (who: Customer): Promise<void> => {
    ledger().cancel(who.theirs);
    await world.tell('customer.subscription.deleted', who.theirs);
  };
  /** Somebody who has paid for a long time, with usage that Stripe has not got. */
  const unsent = async (): Promise<Customer> => {
    const who = await customer();
    await use(who, ago(3), 5);
    const theirs = ledger().find(ledger().customers, who.theirs['customer']);
    ledger().customers.delete(theirs['id']);
    expect(await report()).toMatchObject({ sent: 0, refused: 1 });
    ledger().customers.set(theirs['id'], theirs);
    return who;
  };

  it('unsent usage of an ended subscription is not charged to the next one', async () => {
    const who = await unsent();
    await end(who);
    await report();
    await world.buy(who, { plan: 'pro' });
    await use(who, ago(-1), 2);
    expect(await report(world.server, ago(-1))).toMatchObject({ sent: 1, refused: 0, doubtful: 0 });
    expect(charged(who)).toBe(2);
  });

  it('unsent usage of an ended subscription is not charged to one that begins before the next report', async () => {
    const who = await unsent();
    await end(who);
    expect(await world.row(who)).toMatchObject({ usage_reported_since: null });
    await world.buy(who, { plan: 'pro' });
    await use(who, ago(1), 4);
    expect(await report()).toMatchObject({ sent: 0, refused: 0 });
    await use(who, ago(-1), 2);
    expect(await report(world.server, ago(-1))).toMatchObject({ sent: 1 });
    expect(charged(who)).toBe(2);
  });

  it('unsent usage of a subscription whose end was not received is not charged to the next one', async () => {
    const who = await unsent();
    ledger().cancel(who.theirs);
    const next = ledger().subscription({ customer: who.theirs['customer'], items: [{ price: world.price('pro:month:eur') }] });
    await world.tell('customer.subscription.created', next);
    expect(await world.row(who)).toMatchObject({ provider_subscription_id: next['id'], usage_reported_since: null });
    expect(await report()).toMatchObject({ sent: 0, refused: 0 });
  });

  it('doubtful usage of a subscription that has ended is no longer reported as doubtful', async () => {
    const who = await customer();
    await use(who, ago(1), 4);
    world.stripe.failures.push('broken_after', 'broken_after');
    await expect(report()).rejects.toThrow(/connection to Stripe|Something went wrong/);
    await dayGoesBy();
    expect(await report()).toMatchObject({ doubtful: 1 });
    await end(who);
    expect(await report()).toMatchObject({ doubtful: 0 });
    await world.buy(who, { plan: 'pro' });
    expect(await report()).toMatchObject({ doubtful: 0 });
  });
});

describe('a report that breaks off', () => {
  it('a report that is interrupted after Stripe has received it counts once', async () => {
    const who = await customer();
    await use(who, ago(1), 4);
    world.stripe.failures.push('broken_after', 'broken_after');
    await expect(report()).rejects.toThrow(/connection to Stripe|Something went wrong/);
    expect(charged(who)).toBe(4);
    expect(await rowsOf(who)).toMatchObject([{ sent_at: null, tried_at: expect.any(Date) }]);
    // More comes before it is tried again.
    await use(who, ago(1), 1);
    expect(await report()).toMatchObject({ sent: 1, known: 1 });
    expect(charged(who)).toBe(5);
    expect(await report()).toMatchObject({ sent: 0, known: 0 });
  });

  it('a report that is interrupted halfway is completed without duplicates', async () => {
    const owners = [await customer(), await customer(), await customer()];
    for (const owner of owners) await use(owner, ago(1), 4);
    world.stripe.afterwards = async () => {
      world.stripe.afterwards = undefined;
      world.stripe.failures.push('error', 'error', 'broken_before', 'broken_before');
    };
    await expect(report()).rejects.toThrow(/connection to Stripe|Something went wrong/);
    await report();
    expect(owners.map((owner) => charged(owner))).toEqual([4, 4, 4]);
  });

  it('an interrupted report that is too old for Stripe’s deduplication is not repeated, but reported to the operator', async () => {
    const who = await customer();
    await use(who, ago(1), 4);
    world.stripe.failures.push('broken_after', 'broken_after');
    await expect(report()).rejects.toThrow(/connection to Stripe|Something went wrong/);
    const setTried = (hours: number) =>
      world.look.query(`update usage_reports set tried_at = now() - make_interval(hours => $2) where organization_id = $1`, [who.organizationId, hours]);
    await setTried(24);
    ledger().meterEvents.clear();
    expect(await report()).toMatchObject({ sent: 0, doubtful: 1 });
    await setTried(22);
    expect(await report()).toMatchObject({ sent: 1, doubtful: 0 });
  });

  it('a report that Stripe refuses for a day leaves no doubtful usage', async () => {
    const owners: Customer[] = [];
    for (let count = 0; count < 20; count += 1) owners.push(await customer());
    for (const owner of owners) for (const days of [1, 2]) await use(owner, ago(days), 4);
    for (const failure of [401, 403, 429] as const) {
      world.stripe.failures.push(...Array<Failure>(100).fill(failure));
      await expect(report()).rejects.toThrow('Something went wrong');
      world.stripe.failures.length = 0;
    }
    await dayGoesBy();
    expect(await report()).toMatchObject({ sent: 40, known: 0, refused: 0, doubtful: 0 });
    expect(owners.map((owner) => charged(owner))).toEqual(Array<number>(20).fill(8));
  });

  it('an interrupted report leaves only the sent usage in doubt, even if Stripe refuses it later', async () => {
    const who = await customer();
    for (const days of [3, 2, 1]) await use(who, ago(days), 4);
    world.stripe.failures.push('broken_after', 'broken_after');
    await expect(report()).rejects.toThrow(/connection to Stripe|Something went wrong/);
    world.stripe.failures.push(401);
    await expect(report()).rejects.toThrow('Something went wrong');
    await dayGoesBy();
    expect(await report()).toMatchObject({ sent: 2, known: 0, doubtful: 1 });
    expect(charged(who)).toBe(12);
    await world.look.query('update usage_reports set sent_at = now() where organization_id = $1', [who.organizationId]);
  });

  it('a report that fails for one customer does not delay the others', async () => {
    const [gone, other] = [await customer(), await customer()];
    for (const owner of [gone, other]) await use(owner, ago(1), 4);
    const theirs = ledger().find(ledger().customers, gone.theirs['customer']);
    ledger().customers.delete(theirs['id']);
    expect(await report()).toMatchObject({ sent: 1, refused: 1 });
    expect([charged(gone), charged(other)]).toEqual([0, 4]);
    ledger().customers.set(theirs['id'], theirs);
    expect(await report()).toMatchObject({ sent: 1, refused: 0 });
    expect(charged(gone)).toBe(4);
  });
});

describe('two servers at once', () => {
  it('two servers that report concurrently report all usage once', async () => {
    const owners: Customer[] = [];
    for (let count = 0; count < 5; count += 1) owners.push(await customer());
    for (const owner of owners) for (const meter of ['quizzes', 'pages']) for (const days of [1, 2, 3, 4]) await use(owner, ago(days), days, { meter });
    const [first, second] = world.servers;
    await Promise.all([report(first), report(second), report(first), report(second)]);
    for (const owner of owners) {
      expect([charged(owner), charged(owner, 'pages')]).toEqual([10, 10]);
      expect(eventsOf(owner)).toHaveLength(8);
      expect((await rowsOf(owner)).every(({ number, sent_at: sent }) => number === 1 && sent !== null)).toBe(true);
    }
    for (const owner of owners) await use(owner, ago(2), -2);
    await Promise.all([report(first), report(second)]);
    expect(owners.map((owner) => charged(owner))).toEqual([8, 8, 8, 8, 8]);
    expect(await report()).toMatchObject({ sent: 0, known: 0, refused: 0 });
  });
});
