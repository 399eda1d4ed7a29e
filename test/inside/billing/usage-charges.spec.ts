import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { BilledServer } from '../../support/billing/billed-server.js';
import { runJob } from '../../support/jobs.js';
import type { Person } from '../../support/world.js';

// What usage costs on invoices that tenantry writes. Each number is explained where it is expected.

const catalog = 'test/catalogs/usage-prices.yaml';
const day = 24 * 3600 * 1000;
let billed: BilledServer;
beforeAll(async () => {
  billed = await BilledServer.open(catalog);
  // Purchases are made at noon (UTC), so that the hour at which the tests run does not matter.
  const now = billed.clock.now().getTime();
  billed.clock.forward(Math.ceil(now / day) * day + day / 2 - now);
});
afterAll(() => billed.close());

let ids = 0;
/** Reports usage, some days ago. @returns the id of the event */
async function use(who: Person, meter: string, quantity: number, { ago = 0, ...more }: { ago?: number; corrects?: string } = {}): Promise<string> {
  const id = `event-${(ids += 1)}`;
  const occurredAt = new Date(billed.clock.now().getTime() - ago * day).toISOString();
  const event = { id, meter, quantity, ...(more.corrects === undefined ? { occurredAt } : more) };
  const { status, text } = await who.api.post('/usage/events', { events: [event] });
  if (status >= 300) throw new Error(text);
  return id;
}
async function buyer(body: object = { plan: 'pro' }): Promise<Person> {
  const owner = await billed.server.world.owner();
  const { status, text } = await billed.change(owner, body);
  if (status !== 200) throw new Error(text);
  await billed.pay(owner);
  return owner;
}
/** Lets time pass until the running period is over, and lets the hourly job run. */
async function renew(who: Person): Promise<void> {
  const { periodEnd } = await billed.subscriptionOf(who);
  billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime());
  await billed.pass(0);
}
const latest = async (who: Person): Promise<any> => (await billed.invoicesOf(who))[0];
const usageOf = async (who: Person): Promise<any[]> => (await latest(who)).lines.filter(({ kind }: any) => kind === 'usage');
const brief = (lines: any[]): unknown[] => lines.map(({ key, quantity, unitAmount, amount }) => [key, quantity, unitAmount, amount]);

describe('the invoice of a renewal', () => {
  it('a renewal charges the usage of the ended period, by meter and by tier', async () => {
    const owner = await buyer();
    const { periodStart, periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(3 * day);
    await use(owner, 'calls', 1200);
    await use(owner, 'tokens', 1001);
    await use(owner, 'minutes', 40, { ago: 1 });
    await use(owner, 'minutes', 21);
    await use(owner, 'mails', 1010);
    await use(owner, 'hours', 1.5);
    await renew(owner);
    const invoice = await latest(owner);
    expect(brief(invoice.lines)).toEqual([
      ['pro', 1, 3000, 3000],
      // The first 100 calls are free, 900 cost 0.02, and 200 cost 0.015.
      ['calls', 100, 0, 0],
      ['calls', 900, 2, 1800],
      ['calls', 200, null, 300],
      // Two packages of 1000 tokens are started.
      ['tokens', 1001, null, 400],
      // 61 minutes are in the second tier: 61 × 0.05 + 1.00.
      ['minutes', 61, null, 405],
      // 1010 × 0.0005 is 50.5 minor units, which are rounded half up.
      ['mails', 1010, null, 51],
      // One and a half hours at 3.00.
      ['hours', 1.5, 300, 450],
    ]);
    expect(invoice).toMatchObject({ total: 6406, amountDue: 6406 });
    expect(invoice.lines[0]).toMatchObject({ periodStart: periodEnd });
    expect(invoice.lines[1]).toMatchObject({ description: 'Calls, 1 to 100', periodStart, periodEnd });
    expect(invoice.lines.map(({ description }: any) => description).slice(2)).toEqual(['Calls, 101 to 1000', 'Calls, from 1001', 'Tokens, per 1000', 'Minutes', 'Mails', 'Hours']);
    await billed.pass(1);
    expect(await billed.invoicesOf(owner)).toHaveLength(2);
  });

  it('a renewal charges whole days that end in the period: not the day of the purchase, and not its own day', async () => {
    const owner = await buyer();
    await use(owner, 'tokens', 5000);
    billed.clock.forward(day);
    await use(owner, 'tokens', 1);
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime() - 3600 * 1000);
    // An hour before the period ends, on the day that ends in the next one.
    await use(owner, 'tokens', 3000);
    billed.clock.forward(3600 * 1000);
    await billed.pass(0);
    expect(brief(await usageOf(owner))).toEqual([['tokens', 1, null, 200]]);
    await renew(owner);
    expect(brief(await usageOf(owner))).toEqual([['tokens', 3000, null, 600]]);
  });

  it('a late job charges each period on its own invoice', async () => {
    const owner = await buyer();
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime() + 3 * day);
    await use(owner, 'tokens', 2000);
    await billed.pass(30);
    expect((await billed.invoicesOf(owner)).map(({ lines }) => brief(lines))).toEqual([
      [
        ['pro', 1, 3000, 3000],
        ['tokens', 2000, null, 400],
      ],
      [
        ['pro', 1, 3000, 3000],
        ['tokens', 1000, null, 200],
      ],
      [['pro', 1, 3000, 3000]],
    ]);
  });

  it('two replicas that renew at the same time charge usage once', async () => {
    const owner = await buyer();
    const other = await billed.withCatalog(catalog, (text) => text);
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime());
    const work = Array.from({ length: 10 }, () => [billed.change(owner, { plan: 'max' }), other.change(other.as(owner), { plan: 'max' })]).flat();
    const jobs = [billed, other].map(({ server }) => runJob(server.app, 'advance-subscriptions', billed.clock.now()));
    const statuses = (await Promise.all(work)).map(({ status }) => status);
    // A busy machine may answer 503 to a caller that waits too long for a connection; it changes nothing.
    expect(statuses).toContain(200);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await Promise.all(jobs);
    const lines = (await billed.invoicesOf(owner)).flatMap((invoice) => invoice.lines).filter(({ kind }: any) => kind === 'usage');
    expect(brief(lines)).toEqual([['tokens', 1000, null, 200]]);
  });

  it('usage is charged by the prices and the meters that the catalog had when the period began', async () => {
    const owner = await buyer();
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    await use(owner, 'hours', 1.5);
    const withoutHours = (text: string): string => text.replace(/^ +hours:.*\n/m, '').replaceAll(', hours: unlimited', '');
    const later = await billed.withCatalog(catalog, (text) => withoutHours(text).replace('amount: 200, per: 1000', 'amount: 900, per: 1000'));
    // 200 for the tokens, and 1.5 × 300 for the hours, whose meter does not exist any longer.
    expect((await later.subscriptionOf(later.as(owner))).usage).toMatchObject({ amount: 650 });
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime());
    await runJob(later.server.app, 'advance-subscriptions', billed.clock.now());
    expect(brief(await usageOf(owner))).toEqual([
      ['tokens', 1000, null, 200],
      ['hours', 1.5, 300, 450],
    ]);
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    await renew(owner);
    expect(brief(await usageOf(owner))).toEqual([['tokens', 1000, null, 900]]);
  });
});

describe('late and corrected usage', () => {
  it('late usage is charged with the next invoice as the difference', async () => {
    const owner = await buyer();
    billed.clock.forward(5 * day);
    await use(owner, 'calls', 900);
    await renew(owner);
    // 800 calls at 0.02.
    expect(brief(await usageOf(owner))).toEqual([
      ['calls', 100, 0, 0],
      ['calls', 800, 2, 1600],
    ]);
    billed.clock.forward(day);
    await use(owner, 'calls', 300, { ago: 3 });
    await renew(owner);
    // 1200 calls cost 18.00 + 3.00; 16.00 are charged already.
    expect(await usageOf(owner)).toMatchObject([{ key: 'calls', quantity: 300, unitAmount: null, amount: 500, description: 'Calls, counted after the invoice' }]);
    await renew(owner);
    expect(await usageOf(owner)).toEqual([]);
  });

  it('corrected usage is credited on the lines that charged it, and charged again if it is reported again', async () => {
    const owner = await buyer();
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime() - 2 * day);
    const event = await use(owner, 'tokens', 5000);
    await renew(owner);
    expect(brief(await usageOf(owner))).toEqual([['tokens', 5000, null, 1000]]);
    await billed.pay(owner);
    billed.clock.forward(day);
    const correction = await use(owner, 'tokens', -3500, { corrects: event });
    expect(correction).not.toBe(event);
    await renew(owner);
    // 1500 tokens cost 4.00 of the 10.00 that were paid.
    expect(await billed.creditNotesOf(owner)).toMatchObject([
      { reason: 'usage', total: 600, addsToBalance: 600, lines: [{ description: 'Tokens, corrected after the invoice', amount: 600 }] },
    ]);
    expect(await latest(owner)).toMatchObject({ total: 3000, balanceApplied: 600, amountDue: 2400 });
    expect(await usageOf(owner)).toEqual([]);
  });

  it('usage that the operator credited is not charged again', async () => {
    const owner = await buyer();
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    await renew(owner);
    await billed.pay(owner);
    const { id, lines } = await latest(owner);
    const usage = lines.find(({ kind }: any) => kind === 'usage');
    expect((await billed.operator.post(`/tenants/${owner.organizationId}/invoices/${id}/credit-notes`, { lines: [{ lineId: usage.id }] })).status).toBe(201);
    await renew(owner);
    expect(await usageOf(owner)).toEqual([]);
  });

  it('usage of a void invoice is not charged again', async () => {
    const owner = await buyer();
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1000);
    await renew(owner);
    await billed.operator.post(`/tenants/${owner.organizationId}/invoices/${(await latest(owner)).id}/close`, { status: 'void' });
    await renew(owner);
    expect(await usageOf(owner)).toEqual([]);
  });
});

describe('the end of a subscription', () => {
  it('the end of a subscription is followed by an invoice of its usage, and of usage that is reported late', async () => {
    const owner = await buyer();
    billed.clock.forward(3 * day);
    await use(owner, 'tokens', 1000, { ago: 1 });
    await use(owner, 'tokens', 4000);
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true })).status).toBe(200);
    // The day on which the subscription ends is not charged.
    expect(await latest(owner)).toMatchObject({ total: 200, lines: [{ kind: 'usage', key: 'tokens', quantity: 1000, amount: 200 }] });
    billed.clock.forward(day);
    await use(owner, 'tokens', 1000, { ago: 3 });
    await billed.pass(1);
    expect(await latest(owner)).toMatchObject({ total: 200 });
    // After lateDays nothing more is accepted: the last difference is invoiced.
    await billed.pass(8);
    expect(brief((await latest(owner)).lines)).toEqual([['tokens', 1000, null, 200]]);
    expect(await billed.invoicesOf(owner)).toHaveLength(3);
    await billed.pass(30);
    expect(await billed.invoicesOf(owner)).toHaveLength(3);
  });

  it('a subscription that ends with its period is followed by an invoice of its usage', async () => {
    const owner = await buyer();
    billed.clock.forward(3 * day);
    await use(owner, 'tokens', 1000);
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    await renew(owner);
    expect((await billed.subscriptionOf(owner)).status).toBe('canceled');
    expect(brief((await latest(owner)).lines)).toEqual([['tokens', 1000, null, 200]]);
  });

  it('a year that replaces a month invoices the usage of the month', async () => {
    const owner = await buyer();
    billed.clock.forward(3 * day);
    await use(owner, 'calls', 150, { ago: 1 });
    await use(owner, 'calls', 500);
    const preview = await billed.preview(owner, { interval: 'year' });
    // 50 calls beyond the free ones until yesterday; those of today count in the year.
    expect(preview.lines).toEqual([
      { description: 'Pro', amount: 30_000 },
      { description: 'Calls, 1 to 100', amount: 0 },
      { description: 'Calls, 101 to 1000', amount: 100 },
    ]);
    await billed.change(owner, { interval: 'year' });
    const invoice = await latest(owner);
    expect(invoice).toMatchObject({ total: 30_100, amountDue: preview.dueNow });
    expect((await billed.subscriptionOf(owner)).usage).toMatchObject({ amount: 0, meters: [{ meter: 'calls', quantity: 500 }] });
  });

  it('a period that the operator ends by a trial or a free plan is followed by an invoice of its usage', async () => {
    const [tried, given] = [await buyer(), await buyer()];
    billed.clock.forward(3 * day);
    for (const owner of [tried, given]) await use(owner, 'tokens', 1000, { ago: 1 });
    const endsAt = new Date(billed.clock.now().getTime() + 10 * day).toISOString();
    await billed.operator.post(`/tenants/${tried.organizationId}/trial`, { endsAt });
    expect(brief((await latest(tried)).lines)).toEqual([['tokens', 1000, null, 200]]);
    await billed.operator.patch(`/tenants/${given.organizationId}`, { trialEndsAt: endsAt });
    await billed.pass(0);
    expect(brief((await latest(given)).lines)).toEqual([['tokens', 1000, null, 200]]);
  });

  it('a period that the mode none ends charges no usage', async () => {
    const owner = await buyer();
    billed.clock.forward(3 * day);
    await use(owner, 'tokens', 1000, { ago: 1 });
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { billing: 'none' });
    await renew(owner);
    expect(await billed.invoicesOf(owner)).toHaveLength(1);
    // Neither is it charged later, when the mode is another one again.
    await billed.operator.patch(`/tenants/${owner.organizationId}`, { billing: 'invoice' });
    await billed.pass(9);
    expect(await billed.invoicesOf(owner)).toHaveLength(1);
  });
});

describe('usage that is free', () => {
  it('usage of a free plan, of a gift and of a trial is free', async () => {
    const [free, gift] = [await billed.server.world.owner(), await billed.server.world.owner()];
    await billed.operator.patch(`/tenants/${gift.organizationId}`, { plan: 'pro' });
    for (const owner of [free, gift]) await use(owner, 'tokens', 5000);
    await billed.pass(40);
    for (const owner of [free, gift]) {
      expect(await billed.invoicesOf(owner)).toEqual([]);
      expect((await billed.subscriptionOf(owner)).usage).toBeNull();
    }
  });
});

describe('what usage costs so far', () => {
  it('the subscription and the preview show the cost of usage so far', async () => {
    const owner = await buyer();
    const before = (await billed.subscriptionOf(owner)).usage;
    expect(before).toMatchObject({ currency: 'EUR', amount: 0 });
    billed.clock.forward(2 * day);
    await use(owner, 'tokens', 1001);
    await use(owner, 'mails', 1010);
    const { usage, periodStart, periodEnd } = await billed.subscriptionOf(owner);
    expect(usage).toMatchObject({ periodStart, periodEnd, currency: 'EUR', amount: 451 });
    expect(usage.meters.filter(({ amount }: any) => amount > 0)).toEqual([
      { meter: 'tokens', name: 'Tokens', unit: 'token', quantity: 1001, amount: 400 },
      { meter: 'mails', name: 'Mails', unit: 'mail', quantity: 1010, amount: 51 },
    ]);
    expect((await billed.preview(owner, { plan: 'max' })).usage).toEqual(usage);
  });

  it('the cost of usage so far has the price of each currency', async () => {
    const owner = await buyer({ plan: 'pro', currency: 'JPY' });
    billed.clock.forward(2 * day);
    await use(owner, 'mails', 1005);
    await use(owner, 'tokens', 5000);
    // 0.1 yen for each mail; tokens are not sold in yen.
    expect((await billed.subscriptionOf(owner)).usage).toMatchObject({ currency: 'JPY', amount: 101, meters: [{ meter: 'mails' }] });
    await renew(owner);
    expect(brief((await latest(owner)).lines)).toEqual([
      ['pro', 1, 4500, 4500],
      ['mails', 1005, null, 101],
    ]);
  });

  it('usage prices are public before the purchase, with their tiers', async () => {
    const { body } = await billed.server.api.get('/billing/plans');
    expect(body.usage.find(({ meter }: any) => meter === 'minutes').prices).toEqual([
      {
        interval: 'month',
        currency: 'EUR',
        model: 'volume',
        amount: null,
        per: 1,
        tiers: [
          { upTo: 60, amount: 10, flat: 0 },
          { upTo: null, amount: 5, flat: 100 },
        ],
      },
    ]);
    expect(body.usage.find(({ meter }: any) => meter === 'tokens').prices).toEqual([{ interval: 'month', currency: 'EUR', model: 'package', amount: 200, per: 1000, tiers: [] }]);
  });

  it('usage that is too large to be charged is left out of the invoice, and the plan is renewed', async () => {
    const owner = await buyer();
    billed.clock.forward(2 * day);
    await billed.server.app.get(PlatformDb).$executeRaw`insert into usage_days (organization_id, day, meter, reporter, quantity, events)
      values (${owner.organizationId}::uuid, ${billed.clock.now()}::date, 'calls', '', 9007199254740993, 1)`;
    await use(owner, 'tokens', 1000);
    await renew(owner);
    expect(brief((await latest(owner)).lines)).toEqual([
      ['pro', 1, 3000, 3000],
      ['tokens', 1000, null, 200],
    ]);
  });
});
