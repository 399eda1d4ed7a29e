import { describe, expect, it } from '@jest/globals';
import { addOnOf, planOf } from '../../../../test/support/priced.js';
import type { Limit, Price } from '../../../config/catalog/catalog.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { decideChange, type ChangeFacts } from './decide-change.policy.js';
import { totalOf, type Terms } from './prices.policy.js';
import type { PricingCatalog } from './subscription-terms.policy.js';

const now = new Date('2027-03-16T12:00:00Z');
const periodStart = new Date('2027-03-01T12:00:00Z');
const periodEnd = new Date('2027-04-01T12:00:00Z');

const monthly = (amount: number): Price => ({ interval: 'month', currency: 'EUR', amount, perSeat: false });
const plans = new Map([planOf('free', []), planOf('pro', [monthly(3000)]), planOf('max', [monthly(9000)])].map((plan) => [plan.key, plan]));
const addOns = new Map([['disk', addOnOf('disk', ['pro', 'max'], [monthly(500)])]]);
const catalog = { plans, addOns, defaultPlan: 'free', billing: { fallbackPlan: 'free', upgrades: 'immediate' } } as unknown as PricingCatalog;

const subscription = (columns: Partial<Subscription> = {}): Subscription =>
  ({
    organizationId: 'acme',
    plan: 'pro',
    status: 'active',
    interval: 'month',
    seats: null,
    addOns: [],
    currency: 'EUR',
    trialEndsAt: null,
    periodStart,
    periodEnd,
    nextPlan: null,
    nextInterval: null,
    nextSeats: null,
    nextAddOns: [],
    cancelAtPeriodEnd: false,
    ...columns,
  }) as Subscription;

const unlimited = (): ReadonlyMap<string, Limit> => new Map();
const facts = (given: Partial<ChangeFacts> = {}): ChangeFacts => ({
  now,
  catalog,
  collection: 'here',
  overdueInvoices: [],
  openInvoices: [],
  invoicedLines: [],
  inUse: new Map([['seats', 1]]),
  limitsOf: unlimited,
  ...given,
});

describe('decideChange', () => {
  it('leaves a subscription unchanged if the request names no change, even if another provider collects', () => {
    expect(decideChange(subscription(), {}, facts({ collection: 'elsewhere' }))).toEqual({ outcome: 'unchanged' });
    expect(decideChange(subscription(), { addOns: {} }, facts())).toEqual({ outcome: 'unchanged' });
  });

  it('writes a more expensive plan now, charges the rest of the period, and credits the rest of what was invoiced', () => {
    const invoice = { id: 'invoice', number: 'INV-000001', status: 'paid' as const, currency: 'EUR', taxPercent: 0, total: 2000, balanceApplied: 0, credited: 0, settledDue: 0 };
    const line = {
      id: 'line',
      invoice,
      kind: 'plan' as const,
      key: 'pro',
      description: 'pro',
      quantity: 1,
      amount: 2000,
      credited: 0,
      period: { start: periodStart, end: periodEnd },
    };
    const decision = decideChange(subscription(), { plan: 'max' }, facts({ invoicedLines: [line] }));
    expect(decision).toMatchObject({ outcome: 'write', change: { now: { plan: { key: 'max' } }, next: undefined, immediate: true, restarts: false, currency: 'EUR' } });
    if (decision.outcome !== 'write') throw new Error('expected a change to write');
    const { lines, credits, period } = decision.change;
    // 16 of 31 days remain: that part of the new price is charged, and that part of what was invoiced (20.00, not today's 30.00) is given back.
    expect(totalOf(lines)).toBe(Math.round((9000 * 16) / 31));
    expect(credits).toMatchObject([{ amount: Math.round((2000 * 16) / 31), line: { id: 'line' } }]);
    expect(period).toEqual({ start: periodStart, end: periodEnd });
  });

  it('schedules a cheaper plan for the next period, and charges nothing', () => {
    const decision = decideChange(subscription({ plan: 'max' }), { plan: 'pro' }, facts());
    expect(decision).toMatchObject({ outcome: 'write', change: { now: { plan: { key: 'max' } }, next: { plan: { key: 'pro' } }, immediate: false, lines: [] } });
  });

  it('begins a new period, charged as a whole, after a subscription has ended', () => {
    const decision = decideChange(subscription({ plan: 'pro', status: 'canceled', periodEnd: null }), { plan: 'pro' }, facts());
    expect(decision).toMatchObject({ outcome: 'write', change: { restarts: true, period: { start: now }, lines: [{ amount: 3000 }] } });
  });

  it('keeps a cancellation, and refuses terms that would begin after the end', () => {
    const canceled = { plan: 'max', cancelAtPeriodEnd: true };
    expect(decideChange(subscription(canceled), { plan: 'pro' }, facts())).toEqual({ outcome: 'refused', refusal: { reason: 'cancellation_scheduled' } });
    expect(decideChange(subscription(canceled), { addOns: { disk: 1 } }, facts())).toMatchObject({ outcome: 'write' });
    expect(decideChange(subscription(canceled), { plan: 'pro' }, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'refused' });
    // At the provider, a change to the free plan is an end of the subscription.
    expect(decideChange(subscription({ ...canceled, nextPlan: 'free' }), { plan: 'pro' }, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'ask_provider' });
  });

  it('refuses terms that the catalog does not sell', () => {
    const refusal = { reason: 'invalid_terms', invalid: { problem: 'unknown_plan' } };
    expect(decideChange(subscription(), { plan: 'none' }, facts())).toEqual({ outcome: 'refused', refusal });
  });

  it('refuses another plan whose limits are exceeded', () => {
    const limitsOf = ({ plan }: Terms): ReadonlyMap<string, Limit> => new Map([['disk', plan.key === 'free' ? 1 : undefined]]);
    const inUse = new Map([
      ['seats', 1],
      ['disk', 5],
    ]);
    const refusal = { reason: 'usage_over_limits', plan: 'free', excess: [{ meter: 'disk', used: 5, limit: 1 }] };
    expect(decideChange(subscription(), { plan: 'free' }, facts({ limitsOf, inUse }))).toEqual({ outcome: 'refused', refusal });
  });

  it('within a plan, refuses only a change that lowers an exceeded limit', () => {
    const limitsOf = ({ addOns: held }: Terms): ReadonlyMap<string, Limit> =>
      new Map([
        ['disk', held.reduce((sum, { quantity }) => sum + quantity, 1)],
        ['rooms', 2],
      ]);
    const inUse = new Map([
      ['disk', 3],
      ['rooms', 9],
    ]);
    const current = subscription({ addOns: [{ key: 'disk', quantity: 2 }] });
    expect(decideChange(current, { addOns: { disk: 3 } }, facts({ limitsOf, inUse }))).toMatchObject({ outcome: 'write' });
    const refusal = { reason: 'usage_over_limits', excess: [{ meter: 'disk', used: 3, limit: 2 }] };
    expect(decideChange(current, { addOns: { disk: 1 } }, facts({ limitsOf, inUse }))).toMatchObject({ outcome: 'refused', refusal });
  });

  it('refuses a charge while invoices are overdue, but not a change that costs nothing now', () => {
    const overdueInvoices = ['INV-1'];
    expect(decideChange(subscription(), { plan: 'max' }, facts({ overdueInvoices }))).toEqual({
      outcome: 'refused',
      refusal: { reason: 'invoices_overdue', invoices: ['INV-1'] },
    });
    expect(decideChange(subscription({ plan: 'max' }), { plan: 'pro' }, facts({ overdueInvoices }))).toMatchObject({ outcome: 'write' });
    // The payment provider duns its own customers.
    expect(decideChange(subscription(), { plan: 'max' }, facts({ overdueInvoices, collection: 'provider' }))).toMatchObject({ outcome: 'ask_provider' });
  });

  it.each([
    ['a more expensive plan', 'pro', { plan: 'max' }, { kind: 'change_now', terms: { plan: { key: 'max' } }, currency: 'EUR' }],
    ['a cheaper plan', 'max', { plan: 'pro' }, { kind: 'change_at_period_end', terms: { plan: { key: 'pro' } }, currency: 'EUR' }],
    ['the free plan', 'pro', { plan: 'free' }, { kind: 'change_at_period_end', terms: { plan: { key: 'free' } } }],
  ])('asks the provider that collects for %s', (_, plan, wanted, request) => {
    expect(decideChange(subscription({ plan }), wanted, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'ask_provider', request });
  });

  it('refuses a charge while the provider waits for a payment, but not a change that costs nothing now', () => {
    for (const status of ['past_due', 'unpaid'] as const) {
      const owing = subscription({ status, nextPlan: 'free' });
      expect(decideChange(owing, { plan: 'max' }, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'refused', refusal: { reason: 'invoices_overdue' } });
      for (const wanted of [{ plan: 'free' }, { plan: 'pro' }]) expect(decideChange(owing, wanted, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'ask_provider' });
    }
    expect(decideChange(subscription(), { plan: 'max' }, facts({ collection: 'provider', overdueInvoices: ['INV-000001'] }))).toMatchObject({ outcome: 'ask_provider' });
  });

  it('has the provider remove a scheduled change if the request names the current terms', () => {
    const scheduled = subscription({ nextPlan: 'free' });
    expect(decideChange(scheduled, { plan: 'pro' }, facts({ collection: 'provider' }))).toEqual({ outcome: 'ask_provider', request: { kind: 'keep_terms' } });
    expect(decideChange(subscription(), { plan: 'pro' }, facts({ collection: 'provider' }))).toMatchObject({ outcome: 'write', change: { immediate: false, next: undefined } });
  });

  it('requires a checkout for a plan with a price until the provider collects', () => {
    const free = subscription({ plan: 'free', periodEnd: null, currency: null });
    expect(decideChange(free, { plan: 'pro' }, facts({ collection: 'checkout' }))).toEqual({ outcome: 'refused', refusal: { reason: 'checkout_required' } });
    expect(decideChange(subscription(), { plan: 'free' }, facts({ collection: 'checkout' }))).toMatchObject({ outcome: 'write' });
  });

  it('refuses every change while another provider collects', () => {
    for (const plan of ['pro', 'max'])
      expect(decideChange(subscription(), { plan }, facts({ collection: 'elsewhere' }))).toEqual({ outcome: 'refused', refusal: { reason: 'collected_elsewhere' } });
  });
});
