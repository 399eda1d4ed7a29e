import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../support/client.js';
import type { SetClock } from '../../support/jobs.js';
import type { TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { BilledServer } from '../../support/billing/billed-server.js';
import { tagOf } from '../../support/versions.js';

const day = 24 * 3600 * 1000;
let billed: BilledServer;
let server: TestServer;
let clock: SetClock;
let operator: Client;
beforeAll(async () => {
  billed = await BilledServer.open('test/catalogs/billing.yaml');
  ({ server, clock, operator } = billed);
});
afterAll(() => billed.close());

const subscriptionOf = (who: Person): Promise<any> => billed.subscriptionOf(who);
const change = (who: Person, body: object): Promise<{ status: number; body: any }> => billed.change(who, body);
const invoicesOf = (who: Person): Promise<any[]> => billed.invoicesOf(who);
const planOf = async (who: Person): Promise<string> => (await who.api.get('/tenant/entitlements')).body.plan;
const pay = (who: Person): Promise<void> => billed.pay(who);
const pass = (days: number): Promise<void> => billed.pass(days);

describe('a new organization', () => {
  it('a new organization is on the free plan and owes nothing', async () => {
    const owner = await server.world.owner();
    expect(await subscriptionOf(owner)).toMatchObject({ plan: 'free', status: 'active', amount: 0, seats: null, seatsInUse: 1, periodEnd: null, next: null });
    expect(await invoicesOf(owner)).toEqual([]);
  });

  it('the plans can be listed without signing in', async () => {
    const { data: plans, usage } = (await server.api.get('/billing/plans')).body;
    expect(plans.map(({ key }: { key: string }) => key)).toEqual(['free', 'pro', 'team']);
    expect(plans[2]).toMatchObject({ seats: 50, prices: [{ interval: 'month', currency: 'EUR', amount: 1000, perSeat: true }], features: ['custom_roles', 'api_access', 'sso'] });
    const quizzes = [
      { interval: 'month', currency: 'EUR', model: 'package', amount: 50, per: 10, tiers: [] },
      { interval: 'year', currency: 'EUR', model: 'package', amount: 40, per: 10, tiers: [] },
    ];
    expect(usage).toMatchObject([{ meter: 'quizzes', name: 'Quizzes', unit: 'quiz', prices: quizzes }, { meter: 'pages' }]);
  });

  it('only owners can read the subscription', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    expect((await member.api.get(`${owner.home}/subscription`)).status).toBe(403);
  });
});

describe('seats', () => {
  it('members and invitations take at most the purchased seats', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'team', seats: 3 });
    const invite = (): Promise<{ status: number; body: any }> => owner.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'member', delivery: 'link' });
    const answers = await Promise.all(Array.from({ length: 6 }, invite));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.find(({ status }) => status === 402)?.body).toMatchObject({ code: 'no_seat_left', seats: 3 });
    await change(owner, { seats: 4 });
    expect((await invite()).status).toBe(201);
    expect((await subscriptionOf(owner)).seatsInUse).toBe(4);
  });
});

describe('a change', () => {
  it('a change to a plan with a price takes effect immediately and is invoiced', async () => {
    const owner = await server.world.owner();
    expect((await change(owner, { plan: 'pro' })).body).toMatchObject({ plan: 'pro', status: 'active', amount: 3000, currency: 'EUR', interval: 'month' });
    expect(await planOf(owner)).toBe('pro');
    expect(await invoicesOf(owner)).toMatchObject([{ status: 'open', currency: 'EUR', total: 3000, lines: [{ amount: 3000 }] }]);
  });

  it('a change within a period charges the difference for the rest of it', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'pro' });
    const { periodStart, periodEnd } = await subscriptionOf(owner);
    await pass((Date.parse(periodEnd) - Date.parse(periodStart)) / day / 2);
    expect((await change(owner, { plan: 'team', seats: 9 })).body.code).toBe('invoices_overdue');
    await pay(owner);
    await change(owner, { plan: 'team', seats: 9 });
    // Half of the period is left: 15.00 of the 30.00 for Pro are given back, 45.00 of the 90.00 for nine seats are charged.
    expect(await billed.creditNotesOf(owner)).toMatchObject([{ total: 1500, addsToBalance: 1500, lines: [{ amount: 1500 }] }]);
    expect((await invoicesOf(owner))[0]).toMatchObject({ total: 4500, balanceApplied: 1500, amountDue: 3000, lines: [{ amount: 4500, unitAmount: 1000, quantity: 9 }] });
    expect(await subscriptionOf(owner)).toMatchObject({ plan: 'team', seats: 9, amount: 9000, periodEnd });
  });

  it('a change that costs less begins with the next period, and can be withdrawn until then', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'team', seats: 5 });
    expect((await change(owner, { seats: 2 })).body).toMatchObject({ seats: 5, next: { plan: 'team', seats: 2 } });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ seats: 5, next: null });
    await change(owner, { plan: 'pro' });
    expect(await planOf(owner)).toBe('team');
    await pass(32);
    expect(await subscriptionOf(owner)).toMatchObject({ plan: 'pro', seats: null, next: null });
    expect(await planOf(owner)).toBe('pro');
  });

  it('a refused change is answered with the reason', async () => {
    const owner = await server.world.owner();
    for (let count = 0; count < 2; count += 1) await server.world.member(owner);
    expect((await change(owner, { plan: 'nothing' })).body.code).toBe('unknown_plan');
    expect((await change(owner, { plan: 'pro', seats: 3 })).body.code).toBe('seats_included');
    expect((await change(owner, { plan: 'team', seats: 51 })).body.code).toBe('too_many_seats');
    expect((await change(owner, { plan: 'team', seats: 2 })).body.code).toBe('too_few_seats');
    expect((await change(owner, { plan: 'team', interval: 'year' })).body.code).toBe('not_sold');
    expect((await change(owner, { seats: 0 })).status).toBe(400);
    expect((await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' }, { headers: { 'if-match': tagOf(77, owner) } })).status).toBe(412);
    expect((await subscriptionOf(owner)).plan).toBe('free');
  });

  it('the preview reports a change before it is made', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'team', seats: 5 });
    const [ada, ben] = [await server.world.member(owner), await server.world.member(owner), await server.world.member(owner), await server.world.member(owner)];
    await owner.api.post(`${owner.home}/roles`, { key: 'grader', name: 'Grader', permissions: ['teams:read'] });
    await owner.api.patch(`${owner.home}/members/${ada.userId}`, { customRoles: ['grader'] });
    const team = (await owner.api.post(`${owner.home}/teams`, { name: 'Graders', roles: ['grader'] })).body.id as string;
    for (const { userId } of [ada, ben]) await owner.api.put(`${owner.home}/teams/${team}/members/${userId}`);
    const key = (await owner.api.post(`${owner.home}/api-keys`, { name: 'Exporter', permissions: ['teams:read'] })).body;
    const { body } = await owner.api.post(`${owner.home}/subscription/preview`, { plan: 'free' });
    expect(body).toMatchObject({
      plan: 'free',
      dueNow: 0,
      amountPerPeriod: 0,
      featuresLost: ['custom_roles', 'api_access', 'sso'],
      overLimits: [{ meter: 'seats', used: 5, limit: 3 }],
      lockedOut: { customRoles: [{ key: 'grader', name: 'Grader', members: 2 }], apiKeys: [{ id: key.id, name: 'Exporter' }], members: 2 },
      possible: false,
    });
    expect(await change(owner, { plan: 'free' })).toMatchObject({ status: 409, body: { code: 'usage_over_limits', over: [{ meter: 'seats', used: 5, limit: 3 }] } });
    expect((await owner.api.post(`${owner.home}/subscription/preview`, { seats: 7 })).body).toMatchObject({
      // The invoice over five seats is open: it is given back as a whole, and seven seats are charged.
      credits: [{ total: 5000, reducesDue: 5000, addsToBalance: 0 }],
      dueNow: 7000,
      amountPerPeriod: 7000,
      possible: true,
    });
  });

  it('the preview lists what a change removes, except for operator overrides', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'team', seats: 5 });
    await owner.api.post(`${owner.home}/roles`, { key: 'grader', name: 'Grader', permissions: ['teams:read'] });
    const { status } = await operator.patch(`/tenants/${owner.organizationId}/limits`, { features: { custom_roles: true, sso: false } });
    expect(status).toBe(200);
    const down = (await owner.api.post(`${owner.home}/subscription/preview`, { plan: 'free' })).body;
    expect(down).toMatchObject({ featuresLost: ['api_access'], featuresGained: [], lockedOut: { customRoles: [] } });
  });
});

describe('an end', () => {
  it('a cancellation takes effect at the end of the period, and can be withdrawn', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'pro' });
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, {})).body).toMatchObject({ status: 'active', cancelAtPeriodEnd: true });
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ cancelAtPeriodEnd: false });
    await owner.api.post(`${owner.home}/subscription/cancel`, {});
    await pass(32);
    expect(await subscriptionOf(owner)).toMatchObject({ status: 'canceled', amount: 0 });
    expect(await planOf(owner)).toBe('free');
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, {})).body.code).toBe('already_canceled');
    expect(await change(owner, { plan: 'pro' })).toMatchObject({ status: 402, body: { code: 'invoices_overdue' } });
    await pay(owner);
    expect((await change(owner, { plan: 'pro' })).body).toMatchObject({ status: 'active', plan: 'pro' });
  });

  it('a subscription can be canceled immediately', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'pro' });
    expect((await owner.api.post(`${owner.home}/subscription/cancel`, { immediately: true })).body.status).toBe('canceled');
    expect(await planOf(owner)).toBe('free');
  });
});

describe('who does not pay', () => {
  it('an organization with an overdue invoice is reminded, then suspended after the grace period, and reactivated by the payment', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'pro' });
    await pass(15);
    expect((await subscriptionOf(owner)).status).toBe('past_due');
    await pass(15);
    expect((await subscriptionOf(owner)).status).toBe('unpaid');
    expect((await owner.api.post(`${owner.home}/teams`, { name: 'Closed' })).body.code).toBe('organization_suspended');
    await pay(owner);
    expect((await subscriptionOf(owner)).status).toBe('active');
    expect((await owner.api.post(`${owner.home}/teams`, { name: 'Open' })).status).toBe(201);
  });
});

describe('what nobody pays for', () => {
  it('a plan ends with its trial unless the organization has chosen it', async () => {
    const owner = await server.world.owner();
    const endsAt = new Date(clock.time.getTime() + 10 * day).toISOString();
    expect((await operator.post(`/tenants/${owner.organizationId}/trial`, { endsAt })).body.status).toBe('trialing');
    await pass(11);
    expect(await subscriptionOf(owner)).toMatchObject({ plan: 'free', status: 'active', periodEnd: null });
    const buyer = await server.world.owner();
    await operator.patch(`/tenants/${buyer.organizationId}`, { plan: 'pro', trialEndsAt: new Date(clock.time.getTime() + 10 * day).toISOString() });
    expect(await planOf(buyer)).toBe('pro');
    expect((await change(buyer, { plan: 'pro' })).body).toMatchObject({ plan: 'pro', status: 'trialing' });
    expect(await invoicesOf(buyer)).toEqual([]);
    await pass(11);
    expect(await subscriptionOf(buyer)).toMatchObject({ plan: 'pro', status: 'active', amount: 3000 });
    expect(await invoicesOf(buyer)).toMatchObject([{ total: 3000 }]);
  });

  it('a pause does not extend a paid period; when it is over, resuming charges a new one', async () => {
    const owner = await server.world.owner();
    await change(owner, { plan: 'pro' });
    await pay(owner);
    const pause = () => operator.post(`/tenants/${owner.organizationId}/subscription/pause`);
    expect((await pause()).body.status).toBe('paused');
    expect((await pause()).body.status).toBe('paused');
    await pass(100);
    expect(await invoicesOf(owner)).toHaveLength(1);
    expect((await owner.api.post(`${owner.home}/subscription/resume`)).body).toMatchObject({ status: 'active', periodStart: clock.time.toISOString() });
    expect((await invoicesOf(owner)).map(({ total }) => total)).toEqual([3000, 3000]);
  });

  it('a plan that the operator assigned is free until the organization buys more', async () => {
    const owner = await server.world.owner();
    expect((await operator.patch(`/tenants/${owner.organizationId}`, { plan: 'pro' })).status).toBe(200);
    expect(await subscriptionOf(owner)).toMatchObject({ plan: 'pro', status: 'active', periodEnd: null });
    await pass(40);
    expect(await invoicesOf(owner)).toEqual([]);
    await change(owner, { plan: 'team', seats: 5 });
    expect(await invoicesOf(owner)).toMatchObject([{ total: 5000 }]);
  });
});
