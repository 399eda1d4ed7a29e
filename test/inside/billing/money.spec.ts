import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { BilledServer } from '../../support/billing/billed-server.js';
import { runJob } from '../../support/jobs.js';
import type { Person } from '../../support/world.js';

// What is charged and given back, to the minor unit. Each number is explained where it is expected.

const catalog = 'test/catalogs/money.yaml';
const day = 24 * 3600 * 1000;
let billed: BilledServer;
beforeAll(async () => {
  billed = await BilledServer.open(catalog);
});
afterAll(() => billed.close());

/** Somebody who has bought something, and has paid for it unless told otherwise. */
async function buyer(body: object, { pays = true } = {}): Promise<Person> {
  const owner = await billed.server.world.owner();
  const { status, text } = await billed.change(owner, body);
  if (status !== 200) throw new Error(text);
  if (pays) await billed.pay(owner);
  return owner;
}
/** Lets half of the running period pass, without the hourly job. */
async function passHalf(owner: Person): Promise<void> {
  const { periodStart, periodEnd } = await billed.subscriptionOf(owner);
  billed.clock.forward((Date.parse(periodEnd) - Date.parse(periodStart)) / 2);
}
const creditOf = async (owner: Person): Promise<number[]> => (await billed.creditNotesOf(owner)).map(({ total }) => total);
const assign = async (owner: Person, body: object): Promise<any> => {
  const { status, body: tenant, text } = await billed.operator.patch(`/tenants/${owner.organizationId}`, body);
  if (status !== 200) throw new Error(text);
  return tenant;
};
const close = (owner: Person, id: string, status: string): Promise<any> => billed.operator.post(`/tenants/${owner.organizationId}/invoices/${id}/close`, { status });
const giveBack = (owner: Person, id: string, body: object): Promise<any> => billed.operator.post(`/tenants/${owner.organizationId}/invoices/${id}/credit-notes`, body);

describe('the credit for a change', () => {
  it.each([
    ['raised', 'amount: 1000 }', 'amount: 2500 }'],
    ['lowered', 'amount: 1000 }', 'amount: 400 }'],
  ])('a change credits what was invoiced, also after the list price was %s', async (_, from, to) => {
    const owner = await buyer({ plan: 'pro' });
    const later = await billed.withCatalog(catalog, (text) => text.replace(from, to));
    await passHalf(owner);
    // 10.00 were paid for the month: half of them are 5.00, whatever Pro costs today.
    expect(await later.preview(later.as(owner), { plan: 'max' })).toMatchObject({
      credits: [{ total: 500, addsToBalance: 500 }],
      subtotal: 4950,
      balanceApplied: 500,
      dueNow: 4450,
    });
    expect((await later.change(later.as(owner), { plan: 'max' })).status).toBe(200);
    expect(await creditOf(owner)).toEqual([500]);
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ total: 4950, balanceApplied: 500, amountDue: 4450 });
  });

  it('a change credits nothing for a plan that the operator gave', async () => {
    const owner = await buyer({ plan: 'pro' });
    await assign(owner, { plan: 'max' });
    await passHalf(owner);
    // 10.00 were paid for Pro, nothing for Max, which costs 99.00: half of the 10.00 are given back.
    await billed.change(owner, { plan: 'top' });
    expect(await creditOf(owner)).toEqual([500]);
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ lines: [{ key: 'top', amount: 9950, unitAmount: 19900 }], amountDue: 9450 });
  });

  it('a change credits nothing for a gift', async () => {
    const owner = await billed.server.world.owner();
    await assign(owner, { plan: 'max' });
    await billed.change(owner, { plan: 'top' });
    expect(await creditOf(owner)).toEqual([]);
    expect(await billed.invoicesOf(owner)).toMatchObject([{ total: 19900, amountDue: 19900 }]);
  });

  it.each(['void', 'uncollectible'])('a change credits nothing of an invoice that is %s', async (status) => {
    const owner = await buyer({ plan: 'pro' }, { pays: false });
    const [invoice] = await billed.invoicesOf(owner);
    expect((await close(owner, invoice.id, status)).body).toMatchObject({ status, amountDue: 0 });
    await passHalf(owner);
    expect((await billed.change(owner, { plan: 'max' })).status).toBe(200);
    expect(await creditOf(owner)).toEqual([]);
    expect((await giveBack(owner, invoice.id, {})).body).toMatchObject({ code: 'invoice_not_creditable', status: 409 });
  });

  it('a credit reduces the amount due of an open invoice, which is paid once nothing is due', async () => {
    const owner = await buyer({ plan: 'team', seats: 3 }, { pays: false });
    await billed.change(owner, { seats: 4 });
    // The 15.00 for three seats were due for no time at all; 20.00 for four seats take their place.
    expect(await billed.invoicesOf(owner)).toMatchObject([
      { total: 2000, amountDue: 2000, status: 'open' },
      { total: 1500, credited: 1500, amountDue: 0, status: 'paid' },
    ]);
    await passHalf(owner);
    await billed.pay(owner);
    await billed.change(owner, { seats: 6 });
    // Half of the 20.00 that were paid are given back, and pay 10.00 of half of six seats at 5.00.
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ total: 1500, balanceApplied: 1000, amountDue: 500 });
    expect((await billed.subscriptionOf(owner)).balances).toEqual([]);
  });

  it('items that a change does not touch keep the agreed price until the period ends', async () => {
    const owner = await buyer({ plan: 'pro', addOns: { disk: 1 } });
    const later = await billed.withCatalog(catalog, (text) => text.replace('amount: 1000 }', 'amount: 2500 }').replace('amount: 300 }', 'amount: 800 }'));
    await passHalf(owner);
    await later.change(later.as(owner), { addOns: { disk: 2 } });
    // Pro stays as agreed. Of the disk, half of 3.00 is given back, and half of 2 × 8.00 is charged.
    expect(await creditOf(owner)).toEqual([150]);
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ lines: [{ kind: 'add_on', key: 'disk', quantity: 2, unitAmount: 800, amount: 800 }], amountDue: 650 });
    await later.pay(later.as(owner));
    billed.clock.forward(20 * day);
    expect(await runJob(later.server.app, 'advance-subscriptions', billed.clock.now())).toMatchObject({ outcome: 'done' });
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({
      lines: [
        { key: 'pro', amount: 2500 },
        { key: 'disk', amount: 1600 },
      ],
      total: 4100,
    });
  });

  it('a paid period that the operator replaces by a trial is credited', async () => {
    const owner = await buyer({ plan: 'pro' });
    await passHalf(owner);
    const endsAt = new Date(billed.clock.now().getTime() + 10 * day).toISOString();
    await billed.operator.post(`/tenants/${owner.organizationId}/trial`, { endsAt });
    expect((await billed.subscriptionOf(owner)).balances).toEqual([{ currency: 'EUR', amount: 500 }]);
    await billed.pass(11);
    // The trial of a plan that was paid for continues as a paid one, and the balance pays half of it.
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ total: 1000, balanceApplied: 500, amountDue: 500 });
  });

  it('an add-on that is not sold with the plan that the operator gives is credited', async () => {
    const owner = await buyer({ plan: 'pro', addOns: { disk: 2 } });
    await passHalf(owner);
    await assign(owner, { plan: 'team' });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ plan: 'team', addOns: {}, balances: [{ currency: 'EUR', amount: 300 }] });
    // A plan without a price leaves the paid period too; what was paid for Pro is given back when something else is bought.
    await assign(owner, { plan: 'free' });
    expect((await billed.subscriptionOf(owner)).periodEnd).not.toBeNull();
    await billed.change(owner, { plan: 'max' });
    expect(await creditOf(owner)).toEqual([300, 500]);
  });
});

describe('a period', () => {
  it('a period is whole from the day on which the first began, whatever the day on which counters reset', async () => {
    const owner = await buyer({ plan: 'pro' });
    const { periodStart, periodEnd } = await billed.subscriptionOf(owner);
    const anchor = (new Date(periodStart).getUTCDate() % 28) + 1;
    await assign(owner, { usageAnchorDay: anchor === 28 ? 5 : anchor + 1 });
    await billed.pass((Date.parse(periodEnd) - billed.clock.now().getTime()) / day);
    const next = await billed.subscriptionOf(owner);
    expect(next.periodStart).toBe(periodEnd);
    const lastDay = new Date(Date.UTC(new Date(periodEnd).getUTCFullYear(), new Date(periodEnd).getUTCMonth() + 2, 0)).getUTCDate();
    expect(new Date(next.periodEnd).getUTCDate()).toBe(Math.min(new Date(periodStart).getUTCDate(), lastDay));
    expect((await billed.invoicesOf(owner)).map(({ total }) => total)).toEqual([1000, 1000]);
    expect((await billed.operator.get(`/tenants/${owner.organizationId}`)).body.usageAnchorDay).toBe(anchor === 28 ? 5 : anchor + 1);
  });

  it('a period is stored with its beginning and end, and ends when a change cuts it short', async () => {
    const owner = await buyer({ plan: 'pro' });
    const { periodStart } = await billed.subscriptionOf(owner);
    await passHalf(owner);
    const at = billed.clock.now();
    await billed.change(owner, { interval: 'year' });
    const { periodEnd } = await billed.subscriptionOf(owner);
    const periods = await billed.server.app.get(PlatformDb).subscriptionPeriod.findMany({ where: { organizationId: owner.organizationId }, orderBy: { startsAt: 'asc' } });
    expect(periods.map(({ startsAt, endsAt }) => [startsAt.toISOString(), endsAt.toISOString()])).toEqual([
      [periodStart, at.toISOString()],
      [at.toISOString(), periodEnd],
    ]);
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    expect(await billed.server.app.get(PlatformDb).subscriptionPeriod.count({ where: { organizationId: owner.organizationId } })).toBe(1);
  });
});

describe('a scheduled cancellation', () => {
  it.each([
    ['more seats', { plan: 'team', seats: 2 }, { seats: 3 }],
    ['an add-on', { plan: 'pro' }, { addOns: { disk: 1 } }],
    ['a larger plan', { plan: 'pro' }, { plan: 'max' }],
    ['a year', { plan: 'pro' }, { interval: 'year' }],
  ])('a scheduled cancellation stays when %s is chosen, and the preview says so', async (_, first, then) => {
    const owner = await buyer(first);
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    expect(await billed.preview(owner, then)).toMatchObject({ cancelAtPeriodEnd: true });
    expect((await billed.change(owner, then)).body).toMatchObject({ cancelAtPeriodEnd: true });
    await billed.pay(owner);
    const issued = (await billed.invoicesOf(owner)).length;
    const { periodEnd } = await billed.subscriptionOf(owner);
    await billed.pass((Date.parse(periodEnd) - billed.clock.now().getTime()) / day);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ status: 'canceled', cancelAtPeriodEnd: false, next: null });
    expect(await billed.invoicesOf(owner)).toHaveLength(issued);
  });

  it('a scheduled cancellation refuses terms that would begin after the end', async () => {
    const owner = await buyer({ plan: 'team', seats: 5 });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    expect(await billed.preview(owner, { seats: 2 })).toMatchObject({ cancelAtPeriodEnd: true, possible: false });
    expect((await billed.change(owner, { seats: 2 })).body).toMatchObject({ status: 409, code: 'cancellation_scheduled' });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ seats: 5, next: null, cancelAtPeriodEnd: true });
    await owner.api.post(`${owner.home}/subscription/resume`);
    expect((await billed.change(owner, { seats: 2 })).body).toMatchObject({ cancelAtPeriodEnd: false, next: { seats: 2 } });
  });

  it('a subscription whose cancellation is scheduled ends when it is paid after its period', async () => {
    const owner = await buyer({ plan: 'pro', interval: 'year' }, { pays: false });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    for (const days of [15, 15]) await billed.pass(days);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ status: 'unpaid' });
    await billed.pass(366);
    await billed.pay(owner);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ status: 'canceled' });
    expect(await billed.invoicesOf(owner)).toHaveLength(1);
  });

  it('a scheduled cancellation stays when a pause ends', async () => {
    const owner = await buyer({ plan: 'pro' });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    await billed.operator.post(`/tenants/${owner.organizationId}/subscription/pause`);
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: false });
  });
});

describe('a currency', () => {
  it('a currency is chosen with a purchase, stays for the paid period, and can be another one after the end', async () => {
    const owner = await buyer({ plan: 'pro', currency: 'JPY' });
    expect(await billed.invoicesOf(owner)).toMatchObject([{ currency: 'JPY', total: 1500 }]);
    expect((await billed.change(owner, { plan: 'max', currency: 'EUR' })).body).toMatchObject({ status: 422, code: 'currency_fixed' });
    expect((await billed.change(owner, { plan: 'top' })).body).toMatchObject({ status: 422, code: 'not_sold' });
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    expect((await billed.change(owner, { plan: 'pro' })).body).toMatchObject({ currency: 'EUR', amount: 1000 });
  });

  it('each currency has a balance of its own', async () => {
    const owner = await buyer({ plan: 'pro', currency: 'JPY' });
    const [invoice] = await billed.invoicesOf(owner);
    await giveBack(owner, invoice.id, {});
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    await billed.change(owner, { plan: 'pro' });
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ currency: 'EUR', balanceApplied: 0, amountDue: 1000 });
    expect((await billed.subscriptionOf(owner)).balances).toEqual([{ currency: 'JPY', amount: 1500 }]);
  });

  it('has a balance that the operator pays out or writes off, never more than there is', async () => {
    const owner = await buyer({ plan: 'pro', currency: 'JPY' });
    await giveBack(owner, (await billed.invoicesOf(owner))[0].id, {});
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    await billed.change(owner, { plan: 'pro' });
    const path = `/tenants/${owner.organizationId}/balance-settlements`;
    const settle = (body: object): Promise<any> => billed.operator.post(path, { currency: 'JPY', reason: 'They pay in EUR now', ...body });
    expect(await settle({ method: 'paid_out', amount: 1501 })).toMatchObject({ status: 422, body: { code: 'balance_exceeded', errors: [{ pointer: '/amount' }] } });
    expect(await settle({ method: 'paid_out', currency: 'EUR' })).toMatchObject({ status: 422, body: { code: 'balance_exceeded' } });
    const first = await settle({ method: 'paid_out', amount: 1000 });
    expect(first).toMatchObject({
      status: 201,
      body: { currency: 'JPY', amount: 1000, method: 'paid_out', reason: 'They pay in EUR now', settledAt: billed.clock.now().toISOString() },
    });
    expect((await billed.subscriptionOf(owner)).balances).toEqual([{ currency: 'JPY', amount: 500 }]);
    // The next invoice in the currency takes the rest, less what is written off meanwhile.
    await settle({ method: 'written_off', amount: 100 });
    await billed.pay(owner);
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    await billed.change(owner, { plan: 'pro', currency: 'JPY' });
    expect((await billed.invoicesOf(owner))[0]).toMatchObject({ currency: 'JPY', balanceApplied: 400, amountDue: 1100 });
    expect(await settle({ method: 'written_off' })).toMatchObject({ status: 422, body: { code: 'balance_exceeded' } });
    const listed = (await owner.api.get(`${owner.home}/balance-settlements`)).body.data;
    expect(listed.map(({ amount, method }: any) => [amount, method]).sort()).toEqual([
      [100, 'written_off'],
      [1000, 'paid_out'],
    ]);
    expect((await billed.operator.get(path)).body.data).toEqual(listed);
    expect((await owner.api.post(path, { currency: 'JPY', method: 'paid_out', reason: 'x' })).status).toBe(403);
    expect((await billed.operator.post(`/tenants/${crypto.randomUUID()}/balance-settlements`, { currency: 'JPY', method: 'paid_out', reason: 'x' })).status).toBe(404);
    for (const body of [{ method: 'paid_out', amount: 0 }, { method: 'kept' }, { method: 'paid_out', reason: '' }, { method: 'paid_out', currency: 'jpy' }])
      expect((await settle(body)).status).toBe(400);
  });
});

describe('a change between the end of a period and the hourly job', () => {
  it('a change before the hourly job is computed after the renewal, in the preview too', async () => {
    const owner = await buyer({ plan: 'pro' });
    const { periodEnd } = await billed.subscriptionOf(owner);
    billed.clock.forward(Date.parse(periodEnd) - billed.clock.now().getTime());
    // The renewal over 10.00 is due, and the change gives it back as a whole.
    const expected = { subtotal: 9900, dueNow: 9900, credits: [{ invoice: null, total: 1000, reducesDue: 1000 }] };
    expect(await billed.preview(owner, { plan: 'max' })).toMatchObject(expected);
    expect(await billed.invoicesOf(owner)).toHaveLength(1);
    expect((await billed.subscriptionOf(owner)).periodEnd).toBe(periodEnd);
    await billed.change(owner, { plan: 'max' });
    expect(await billed.invoicesOf(owner)).toMatchObject([{ total: 9900, amountDue: 9900 }, { total: 1000, credited: 1000, amountDue: 0 }, { status: 'paid' }]);
    expect((await billed.subscriptionOf(owner)).periodStart).toBe(periodEnd);
  });

  it('a change before the hourly job finds a due cancellation carried out', async () => {
    const owner = await buyer({ plan: 'pro' });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    billed.clock.forward(32 * day);
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body.code).toBe('nothing_to_resume');
    expect((await billed.change(owner, { plan: 'pro' })).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: false, periodStart: billed.clock.now().toISOString() });
  });

  it('a change before the hourly job buys an ended yearly plan by the interval of its first price', async () => {
    const owner = await buyer({ plan: 'pro', interval: 'year' });
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    expect((await billed.change(owner, { plan: 'pro' })).body).toMatchObject({ interval: 'month', amount: 1000 });
  });
});

describe('a credit note of the operator', () => {
  it('a credit note of the operator credits lines, at most what remains of them, to the balance or as a refund', async () => {
    const owner = await buyer({ plan: 'pro', addOns: { disk: 2 } });
    const [{ id, lines }] = await billed.invoicesOf(owner);
    const [plan, disk] = lines;
    const first = await giveBack(owner, id, { lines: [{ lineId: disk.id, amount: 200 }], note: 'A disk was slow' });
    expect(first).toMatchObject({
      status: 201,
      body: { total: 200, addsToBalance: 200, note: 'A disk was slow', reason: 'operator', number: expect.stringMatching(/^CN-\d{6}$/) },
    });
    expect((await giveBack(owner, id, { lines: [{ lineId: disk.id, amount: 401 }] })).body).toMatchObject({ code: 'credit_exceeds', errors: [{ pointer: '/lines/0/amount' }] });
    expect((await giveBack(owner, id, { lines: [{ lineId: disk.id }, { lineId: disk.id, amount: 1 }] })).body.code).toBe('credit_exceeds');
    expect((await giveBack(owner, id, { lines: [{ lineId: id }] })).body).toMatchObject({ code: 'unknown_line', errors: [{ pointer: '/lines/0/lineId' }] });
    // 10.00 for the plan and 4.00 that are left of the disks.
    expect((await giveBack(owner, id, { settlement: 'refund' })).body).toMatchObject({
      total: 1400,
      refunded: 1400,
      lines: [{ invoiceLineId: plan.id, amount: 1000 }, { amount: 400 }],
    });
    expect((await giveBack(owner, id, {})).body.code).toBe('invoice_not_creditable');
    expect((await billed.subscriptionOf(owner)).balances).toEqual([{ currency: 'EUR', amount: 200 }]);
    // Everything was given back: a change gives back nothing more.
    await billed.change(owner, { plan: 'max' });
    expect(await creditOf(owner)).toEqual([200, 1400]);
  });

  it('a credit note becomes void with its invoice, which returns what the balance has paid', async () => {
    const owner = await buyer({ plan: 'pro' });
    const [paid] = await billed.invoicesOf(owner);
    await giveBack(owner, paid.id, { lines: [{ lineId: paid.lines[0].id, amount: 300 }] });
    await billed.change(owner, { plan: 'max' });
    const [open] = await billed.invoicesOf(owner);
    // The rest of the month of 10.00 is whole; 3.00 of it were given back before. The balance of 10.00 pays a part of the 99.00.
    expect(open).toMatchObject({ total: 9900, balanceApplied: 1000, amountDue: 8900 });
    expect((await giveBack(owner, open.id, { lines: [{ lineId: open.lines[0].id, amount: 900 }] })).body).toMatchObject({ reducesDue: 900, addsToBalance: 0 });
    expect((await close(owner, open.id, 'void')).body).toMatchObject({ status: 'void', amountDue: 0 });
    expect(await close(owner, open.id, 'paid')).toMatchObject({ status: 409, body: { code: 'invoice_closed', invoiceStatus: 'void' } });
    expect((await billed.subscriptionOf(owner)).balances).toEqual([{ currency: 'EUR', amount: 1000 }]);
    expect((await billed.creditNotesOf(owner)).map(({ status, total }) => [status, total])).toEqual([
      ['issued', 300],
      ['issued', 700],
      ['void', 900],
    ]);
  });

  it('a credit note that settles an overdue invoice ends the dunning', async () => {
    const owner = await buyer({ plan: 'pro' }, { pays: false });
    await billed.pass(15);
    expect((await billed.subscriptionOf(owner)).status).toBe('past_due');
    const [invoice] = await billed.invoicesOf(owner);
    await giveBack(owner, invoice.id, {});
    expect((await billed.subscriptionOf(owner)).status).toBe('active');
    expect(await billed.invoicesOf(owner)).toMatchObject([{ status: 'paid', credited: 1000, amountDue: 0 }]);
  });
});

describe('a tenant that the operator creates', () => {
  const tenant = (body: object): Promise<any> =>
    billed.operator.post('/tenants', { name: 'Made', slug: billed.server.world.unique('made'), email: billed.server.world.email(), ...body });
  const invoicesOf = (organizationId: string): Promise<number> => billed.server.app.get(PlatformDb).invoice.count({ where: { organizationId } });

  it('the response to the creation of a tenant names its invoice', async () => {
    const dear = await tenant({ plan: 'max', trialDays: 0 });
    expect(dear).toMatchObject({ status: 201, body: { billing: 'invoice', invoice: { number: expect.stringMatching(/^INV-\d{6}$/), total: 9900, currency: 'EUR' } } });
    expect(await invoicesOf(dear.body.id)).toBe(1);
    expect((await tenant({ plan: 'free' })).body).toMatchObject({ billing: 'invoice', invoice: null });
    expect((await tenant({ plan: 'max', trialDays: 5 })).body).toMatchObject({ billing: 'invoice', invoice: null });
    expect((await tenant({ plan: 'max', billing: 'provider' })).body).toMatchObject({ status: 422, code: 'mode_not_available' });
  });

  it('a tenant with the mode none is never invoiced or suspended, and cannot buy', async () => {
    const owner = await billed.server.world.owner();
    expect(await assign(owner, { billing: 'none', plan: 'max' })).toMatchObject({ billing: 'none', plan: 'max' });
    for (const days of [31, 31, 31]) await billed.pass(days);
    expect(await billed.invoicesOf(owner)).toEqual([]);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ plan: 'max', status: 'active', periodEnd: null, billing: 'none' });
    expect((await billed.change(owner, { plan: 'top' })).body).toMatchObject({ status: 409, code: 'not_billed' });
    expect((await billed.change(owner, { plan: 'free' })).body).toMatchObject({ plan: 'free' });
    const made = await tenant({ plan: 'max', trialDays: 0, billing: 'none' });
    expect(made.body).toMatchObject({ billing: 'none', invoice: null });
    expect(await invoicesOf(made.body.id)).toBe(0);
  });

  it('a tenant that gets the mode none keeps what it has paid for, and is no longer dunned', async () => {
    const owner = await buyer({ plan: 'pro' }, { pays: false });
    await billed.pass(15);
    expect((await billed.subscriptionOf(owner)).status).toBe('past_due');
    await assign(owner, { billing: 'none' });
    expect(await billed.subscriptionOf(owner)).toMatchObject({ status: 'active', pastDueSince: null });
    for (const days of [15, 15, 15]) await billed.pass(days);
    expect(await billed.subscriptionOf(owner)).toMatchObject({ plan: 'pro', status: 'active', periodEnd: null });
    expect(await billed.invoicesOf(owner)).toHaveLength(1);
    expect((await assign(owner, { billing: null })).billing).toBe('invoice');
  });

  it('a tenant is no longer suspended for its debts once the installation has the mode none', async () => {
    const owner = await buyer({ plan: 'pro' }, { pays: false });
    for (const days of [15, 15]) await billed.pass(days);
    expect((await billed.subscriptionOf(owner)).status).toBe('unpaid');
    const unbilled = await billed.withCatalog(catalog, (text) => text, { BILLING_PROVIDER: 'none' });
    expect((await unbilled.change(unbilled.as(owner), { plan: 'max' })).body.code).toBe('not_billed');
    billed.clock.forward(day);
    await runJob(unbilled.server.app, 'advance-subscriptions', billed.clock.now());
    expect(await unbilled.subscriptionOf(unbilled.as(owner))).toMatchObject({ plan: 'pro', status: 'active', pastDueSince: null });
    expect((await owner.api.get(owner.home)).body.status).toBe('active');
  });
});

describe('a purchase that waits', () => {
  let approving: BilledServer;
  let paying: BilledServer;
  beforeAll(async () => {
    const upgrades = (value: string) => (text: string) => text.replace('upgrades: immediate', `upgrades: ${value}`);
    approving = await billed.withCatalog(catalog, upgrades('approval'));
    paying = await billed.withCatalog(catalog, upgrades('payment'));
  });
  const operator = (server: BilledServer, owner: Person, action: string): Promise<any> =>
    server.server.api.as(billed.operatorToken).post(`/tenants/${owner.organizationId}/subscription/${action}`);

  it('a purchase that waits for approval begins with the approval, and gives nothing before', async () => {
    const owner = approving.as(await billed.server.world.owner());
    expect(await approving.preview(owner, { plan: 'top' })).toMatchObject({ waitsFor: 'approval' });
    expect((await approving.change(owner, { plan: 'top' })).body).toMatchObject({ plan: 'free', pending: { plan: 'top', waitsFor: 'approval', invoiceId: null } });
    expect((await owner.api.get('/tenant/entitlements')).body.plan).toBe('free');
    expect(await approving.invoicesOf(owner)).toEqual([]);
    expect((await operator(approving, owner, 'approve')).body).toMatchObject({ plan: 'top', status: 'active', pending: null });
    expect(await approving.invoicesOf(owner)).toMatchObject([{ total: 19900, status: 'open' }]);
    expect((await operator(approving, owner, 'approve')).body.code).toBe('nothing_pending');
  });

  it('a purchase that waits for approval can be declined, replaced and withdrawn', async () => {
    const owner = approving.as(await billed.server.world.owner());
    await approving.change(owner, { plan: 'top' });
    expect((await approving.change(owner, { plan: 'max' })).body.pending).toMatchObject({ plan: 'max' });
    expect((await operator(approving, owner, 'decline')).body).toMatchObject({ plan: 'free', pending: null });
    await approving.change(owner, { plan: 'max' });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ plan: 'free', pending: null });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body.code).toBe('nothing_to_resume');
  });

  it('a larger change within a paid period waits for approval, and a smaller one does not', async () => {
    const owner = approving.as(await buyer({ plan: 'team', seats: 4 }));
    expect((await approving.change(owner, { seats: 5 })).body).toMatchObject({ seats: 4, pending: { seats: 5 } });
    expect((await approving.change(owner, { seats: 2 })).body).toMatchObject({ seats: 4, pending: null, next: { seats: 2 } });
  });

  it('a change that is charged after an overdue invoice or a pause waits for approval', async () => {
    const owner = approving.as(await buyer({ plan: 'pro' }, { pays: false }));
    for (const days of [15, 20]) await billed.pass(days);
    expect(await approving.subscriptionOf(owner)).toMatchObject({ status: 'unpaid' });
    expect((await approving.change(owner, { plan: 'top' })).body.code).toBe('invoices_overdue');
    const paused = approving.as(await buyer({ plan: 'max' }));
    await billed.operator.post(`/tenants/${paused.organizationId}/subscription/pause`);
    await billed.pass(32);
    expect((await paused.api.post(`${paused.home}/subscription/resume`)).body).toMatchObject({ status: 'paused', pending: { plan: 'max', waitsFor: 'approval' } });
    expect((await operator(approving, paused, 'approve')).body).toMatchObject({ plan: 'max', status: 'active', pending: null });
  });

  it('a purchase that waits for its payment begins with it, for a whole period', async () => {
    const owner = paying.as(await billed.server.world.owner());
    expect(await paying.preview(owner, { plan: 'max' })).toMatchObject({ waitsFor: 'payment', dueNow: 9900 });
    const { body } = await paying.change(owner, { plan: 'max' });
    expect(body).toMatchObject({ plan: 'free', pending: { plan: 'max', waitsFor: 'payment' } });
    expect(await paying.invoicesOf(owner)).toMatchObject([{ id: body.pending.invoiceId, status: 'open', total: 9900, lines: [{ periodStart: null }] }]);
    billed.clock.forward(3 * day);
    await paying.pay(owner);
    const start = billed.clock.now().toISOString();
    expect(await paying.subscriptionOf(owner)).toMatchObject({ plan: 'max', status: 'active', periodStart: start, pending: null });
    expect(await paying.invoicesOf(owner)).toMatchObject([{ status: 'paid', lines: [{ periodStart: start }] }]);
    // Who pays can buy more at once, as long as nothing is open.
    expect((await paying.change(owner, { plan: 'top' })).body).toMatchObject({ plan: 'top', pending: null });
    expect((await paying.change(owner, { addOns: { disk: 1 } })).body).toMatchObject({ status: 402, code: 'invoices_open' });
  });

  it('a purchase that waits for its payment is withdrawn when it is not paid in time, without any dunning', async () => {
    const owner = paying.as(await billed.server.world.owner());
    await paying.change(owner, { plan: 'max' });
    await billed.pass(15);
    expect(await paying.subscriptionOf(owner)).toMatchObject({ plan: 'free', status: 'active', pending: null });
    expect(await paying.invoicesOf(owner)).toMatchObject([{ status: 'void' }]);
  });

  it('a purchase that waits for its payment is withdrawn with its invoice', async () => {
    const owner = paying.as(await billed.server.world.owner());
    const { body } = await paying.change(owner, { plan: 'max' });
    expect((await giveBack(owner, body.pending.invoiceId, {})).body.code).toBe('invoice_not_creditable');
    await close(owner, body.pending.invoiceId, 'void');
    expect((await paying.subscriptionOf(owner)).pending).toBeNull();
    await paying.change(owner, { plan: 'pro' });
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true })).body).toMatchObject({ pending: null });
    expect((await paying.invoicesOf(owner)).map(({ status }) => status)).toEqual(['void', 'void']);
  });

  it('a purchase that waits for its payment returns what the balance has paid when its invoice is uncollectible', async () => {
    const owner = paying.as(await buyer({ plan: 'pro' }));
    await giveBack(owner, (await paying.invoicesOf(owner))[0].id, {});
    await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true });
    const { body } = await paying.change(owner, { plan: 'max' });
    expect(body).toMatchObject({ pending: { plan: 'max' }, balances: [] });
    expect((await close(owner, body.pending.invoiceId, 'uncollectible')).body).toMatchObject({ status: 'void', balanceApplied: 1000 });
    expect(await paying.subscriptionOf(owner)).toMatchObject({ pending: null, balances: [{ currency: 'EUR', amount: 1000 }] });
  });
});

describe('the numbers of documents', () => {
  it('the numbers of documents are one series of the installation, without gaps', async () => {
    const owners = await Promise.all(Array.from({ length: 4 }, () => billed.server.world.owner()));
    await Promise.all(owners.map((owner) => billed.change(owner, { plan: 'pro' })));
    const rows = await billed.server.app.get(PlatformDb).invoice.findMany({ select: { number: true } });
    const numbers = rows.map(({ number }) => Number(/^INV-(\d+)$/.exec(number)?.[1])).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1));
  });

  it('a transaction with an unnumbered document cannot commit', async () => {
    const { organizationId } = await billed.server.world.owner();
    const id = crypto.randomUUID();
    const data = { organizationId, id, number: id, currency: 'EUR', total: 1n, billedTo: {}, issuedAt: billed.clock.now(), dueAt: billed.clock.now() };
    await expect(billed.server.app.get(PlatformDb).$transaction((tx) => tx.invoice.create({ data }))).rejects.toThrow(/has no number/);
  });
});
