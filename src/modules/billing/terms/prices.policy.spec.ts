import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addOnOf, planOf } from '../../../../test/support/priced.js';
import type { PlanDefinition } from '../../../config/catalog/catalog.js';
import {
  amountOf,
  amountOfAddOn,
  periodFrom,
  periodLines,
  prorated,
  remainingLines,
  sellsSeats,
  totalOf,
  type BoughtAddOn,
  type Interval,
  type Period,
  type Terms,
} from './prices.policy.js';
import { timeChange, resolveTerms, type ChangeBasis } from './wanted-terms.policy.js';

const currency = 'EUR';
const amounts = fc.integer({ min: 0, max: 100_000_000 });
const aPlan = fc
  .record({ key: fc.constantFrom('a', 'b', 'c'), month: amounts, year: fc.option(amounts, { nil: undefined }), perSeat: fc.boolean() })
  .map(({ key, month, year, perSeat }) =>
    planOf(key, [{ interval: 'month', currency, amount: month, perSeat }, ...(year === undefined ? [] : [{ interval: 'year' as const, currency, amount: year, perSeat }])]),
  );
const someAddOns = fc
  .uniqueArray(fc.record({ key: fc.constantFrom('x', 'y', 'z'), month: amounts, year: fc.option(amounts, { nil: undefined }), quantity: fc.integer({ min: 1, max: 10 }) }), {
    selector: ({ key }) => key,
  })
  .map((list): BoughtAddOn[] =>
    list.map(({ key, month, year, quantity }) => ({
      addOn: addOnOf(
        key,
        ['a', 'b', 'c'],
        [{ interval: 'month', currency, amount: month }, ...(year === undefined ? [] : [{ interval: 'year' as const, currency, amount: year }])],
      ),
      quantity,
    })),
  );
const termsOf = (plans: fc.Arbitrary<PlanDefinition>): fc.Arbitrary<Terms> =>
  fc.record({ plan: plans, seats: fc.integer({ min: 1, max: 1000 }), yearly: fc.boolean(), addOns: someAddOns }).map(({ plan, seats, yearly, addOns }) => ({
    plan,
    interval: yearly && plan.prices.length > 1 ? ('year' as const) : ('month' as const),
    seats: sellsSeats(plan) ? seats : undefined,
    addOns,
  }));
const terms = termsOf(aPlan);
const moments = fc.date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true });
const intervals = fc.constantFrom<Interval>('month', 'year');
const within = ({ start, end }: Period, part: number): Date => new Date(start.getTime() + Math.floor((end.getTime() - start.getTime()) * part));
const parts = fc.double({ min: 0, max: 1, noNaN: true });
const whole = (value: number): boolean => Number.isSafeInteger(value);

describe('a prorated amount', () => {
  it('is a whole number between zero and the whole price', () => {
    fc.assert(
      fc.property(amounts, moments, intervals, parts, (amount, start, interval, part) => {
        const period = periodFrom(start, interval);
        const charged = prorated(amount, period, within(period, part));
        expect([whole(charged), charged >= 0, charged <= amount]).toEqual([true, true, true]);
        expect([prorated(amount, period, period.start), prorated(amount, period, period.end)]).toEqual([amount, 0]);
      }),
    );
  });

  it('adds up with the amount of the other part to the price, within one minor unit', () => {
    fc.assert(
      fc.property(amounts, moments, intervals, parts, (amount, start, interval, part) => {
        const period = periodFrom(start, interval);
        const at = within(period, part);
        const before = prorated(amount, { start: period.start, end: period.end }, new Date(period.end.getTime() - (at.getTime() - period.start.getTime())));
        expect(Math.abs(prorated(amount, period, at) + before - amount)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has lines only for the items that a change brings, at the prices of today', () => {
    fc.assert(
      fc.property(terms, fc.integer({ min: 1, max: 10 }), moments, parts, (from, more, start, part) => {
        const [first, ...others] = from.addOns;
        fc.pre(first !== undefined);
        const period = periodFrom(start, from.interval);
        const at = within(period, part);
        const to = { ...from, addOns: [{ ...first, quantity: first.quantity + more }, ...others] };
        const lines = remainingLines(from, to, currency, period, at);
        expect(lines.map(({ key, amount }) => [key, amount])).toEqual(
          [[first.addOn.key, prorated(amountOfAddOn({ addOn: first.addOn, quantity: first.quantity + more }, from.interval, currency), period, at)]].filter(
            ([, amount]) => amount !== 0,
          ),
        );
        expect(lines.every(({ amount, quantity }) => whole(amount) && whole(quantity))).toBe(true);
        expect(remainingLines(from, from, currency, period, at)).toEqual([]);
        // A clock that jumped back before the period charges the period, and no time before it.
        const early = remainingLines(from, to, currency, period, new Date(period.start.getTime() - 1));
        expect(early.map((line) => line.period)).toEqual(early.map(() => period));
      }),
    );
  });
});

describe('the price of a whole period', () => {
  it('has a line for the plan and one for each add-on', () => {
    fc.assert(
      fc.property(terms, moments, (wanted, start) => {
        const lines = periodLines(wanted, currency, periodFrom(start, wanted.interval));
        expect(lines).toHaveLength(1 + wanted.addOns.length);
        expect(totalOf(lines)).toBe(amountOf(wanted, currency));
        expect(lines.every(({ amount, quantity }) => whole(amount) && amount >= 0 && whole(quantity) && quantity >= 1)).toBe(true);
      }),
    );
  });
});

describe('periods', () => {
  it('each begin where the one before ended, on the anchor day or on the last day of a shorter month', () => {
    fc.assert(
      fc.property(moments, intervals, (start, interval) => {
        const anchorDay = start.getUTCDate();
        let from = start;
        for (let count = 0; count < 30; count += 1) {
          const { start: begins, end } = periodFrom(from, interval, anchorDay);
          expect([begins, end > begins]).toEqual([from, true]);
          const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
          expect(end.getUTCDate()).toBe(Math.min(anchorDay, lastDay));
          expect(end.getTime() % 86_400_000).toBe(start.getTime() % 86_400_000);
          from = end;
        }
        const months = 12 * (from.getUTCFullYear() - start.getUTCFullYear()) + from.getUTCMonth() - start.getUTCMonth();
        expect(months).toBe(interval === 'year' ? 360 : 30);
      }),
    );
  });

  it.each([
    ['2027-01-31T08:00:00.000Z', 'month', ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31']],
    ['2027-12-31T23:59:59.999Z', 'month', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']],
    ['2028-02-29T00:00:00.000Z', 'year', ['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
  ] as const)('from %s by the %s do not drift', (start, interval, days) => {
    let from = new Date(start);
    const ends = days.map(() => (from = periodFrom(from, interval, new Date(start).getUTCDate()).end).toISOString());
    expect(ends).toEqual(days.map((day) => `${day}${start.slice(10)}`));
  });
});

describe('a change of terms', () => {
  const basisOf = (current: Terms, seatsInUse: number): ChangeBasis => ({ current, currency, trialing: false, paid: true, fallbackPlan: 'free', seatsInUse });

  it('that begins now never lowers the price, and a scheduled one never raises it, except for the discount of a year', () => {
    fc.assert(
      fc.property(terms, terms, (current, wanted) => {
        const { immediate, next } = timeChange(basisOf(current, 1), wanted);
        const [before, after] = [amountOf(current, currency), amountOf(wanted, currency)];
        expect(immediate && next !== undefined).toBe(false);
        expect(!immediate || after >= before).toBe(true);
        expect(next === undefined || current.interval !== wanted.interval || after < before).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('never leads to a plan without a price other than the fallback plan, nor to fewer seats than are in use', () => {
    const free = planOf('free', []);
    const given = planOf('given', []);
    const plans = new Map([free, given, planOf('team', [{ interval: 'month', currency, amount: 100, perSeat: true }])].map((plan) => [plan.key, plan]));
    const wishes = fc.record({ plan: fc.constantFrom('free', 'given', 'team', 'none'), interval: intervals, seats: fc.nat({ max: 200 }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.constantFrom('free', 'team'), fc.nat({ max: 120 }), wishes, (from, seatsInUse, wanted) => {
        const current: Terms = { plan: plans.get(from) ?? free, interval: 'month', seats: from === 'team' ? Math.max(1, seatsInUse) : undefined, addOns: [] };
        const meant = resolveTerms({ ...basisOf(current, seatsInUse), paid: from === 'team' }, wanted, { plans, addOns: new Map() });
        const reached = 'problem' in meant ? current : meant.terms;
        expect(reached.plan.key).not.toBe('given');
        expect(reached.seats === undefined || reached.seats >= seatsInUse).toBe(true);
      }),
    );
  });
});
