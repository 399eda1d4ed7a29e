import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addOnOf, planOf } from '../../../../test/support/priced.js';
import type { PlanDefinition, Price } from '../../../config/catalog/catalog.js';
import { isSoldWith, type BoughtAddOn, type Terms } from './prices.policy.js';
import { boughtOf, timeChange, resolveTerms, type ChangeBasis, type ResolvedTerms, type WantedTerms } from './wanted-terms.policy.js';

const currency = 'EUR';
const basisOf = (current: Terms): ChangeBasis => ({ current, currency, trialing: false, paid: true, fallbackPlan: 'free', seatsInUse: 1 });

describe('a change of add-ons', () => {
  const month = (amount: number, perSeat = false): Price => ({ interval: 'month', currency, amount, perSeat });
  const year = (amount: number): Price => ({ interval: 'year', currency, amount, perSeat: false });
  const plans = new Map([planOf('free', []), planOf('pro', [month(100), year(1000)]), planOf('team', [month(10, true)])].map((plan) => [plan.key, plan]));
  const addOns = new Map(
    [addOnOf('disk', ['pro', 'team'], [month(7), year(70)]), addOnOf('mail', ['pro'], [month(5)], 3), addOnOf('free', ['team'], [month(0)])].map((each) => [each.key, each]),
  );
  const requests = fc.record(
    {
      plan: fc.constantFrom('free', 'pro', 'team'),
      interval: fc.constantFrom('month' as const, 'year' as const),
      addOns: fc.dictionary(fc.constantFrom('disk', 'mail', 'free', 'none'), fc.option(fc.nat({ max: 12 }))),
    },
    { requiredKeys: [] },
  );
  /** Returns the terms after a sequence of requests, each of which begins now. */
  function reached(history: readonly WantedTerms[]): Terms {
    let current: Terms = { plan: plans.get('pro') as PlanDefinition, interval: 'month', seats: undefined, addOns: [] };
    for (const request of history) {
      const resolved = resolveTerms(basisOf(current), request, { plans, addOns });
      if (!('problem' in resolved)) current = resolved.terms;
    }
    return current;
  }

  it('never leaves an add-on that is not sold with the plan, or a quantity above the maximum', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 6 }), (history) => {
        const { plan, interval, addOns: held } = reached(history);
        expect(held.every(({ addOn, quantity }) => isSoldWith(addOn, plan, interval, currency) && quantity >= 1 && quantity <= addOn.max)).toBe(true);
        expect(held.map(({ addOn }) => addOn.key)).toEqual([...new Set(held.map(({ addOn }) => addOn.key))].sort());
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the add-ons that it does not name, within the same plan', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 6 }), fc.constantFrom('disk', 'mail'), fc.nat({ max: 12 }), (history, key, quantity) => {
        const current = reached(history);
        const resolved = resolveTerms(basisOf(current), { addOns: { [key]: quantity } }, { plans, addOns });
        if ('problem' in resolved) return fc.pre(false);
        const { terms } = resolved;
        const others = ({ addOns: held }: Terms): readonly BoughtAddOn[] => held.filter(({ addOn }) => addOn.key !== key);
        expect(others(terms)).toEqual(others(current));
        expect(terms.addOns.find(({ addOn }) => addOn.key === key)?.quantity ?? 0).toBe(quantity);
      }),
    );
  });

  it('that removes one add-on after another extends the scheduled change; one that adds an add-on removes it', () => {
    const bought = (quantities: Readonly<Record<string, number>>): readonly BoughtAddOn[] =>
      boughtOf(
        Object.entries(quantities).map(([key, quantity]) => ({ key, quantity })),
        addOns,
      );
    const current: Terms = { plan: plans.get('pro') as PlanDefinition, interval: 'month', seats: undefined, addOns: bought({ disk: 2, mail: 1 }) };
    const basis = { ...basisOf(current), scheduled: { ...current, addOns: bought({ mail: 1 }) } };
    const wanted = (quantities: Readonly<Record<string, number>>): unknown => resolveTerms(basis, { addOns: quantities }, { plans, addOns });
    expect(wanted({ mail: 0 })).toEqual({ currency, terms: { ...current, addOns: [] } });
    expect(wanted({ disk: 1 })).toEqual({ currency, terms: { ...current, addOns: bought({ disk: 1, mail: 1 }) } });
    expect(wanted({ mail: 2 })).toEqual({ currency, terms: { ...current, addOns: bought({ disk: 2, mail: 2 }) } });
  });

  it('names the add-on that is the reason of a refusal', () => {
    const current: Terms = { plan: plans.get('pro') as PlanDefinition, interval: 'month', seats: undefined, addOns: [] };
    const refusal = (request: object): unknown => resolveTerms(basisOf(current), request, { plans, addOns });
    expect(refusal({ addOns: { none: 1 } })).toEqual({ problem: 'unknown_add_on', addOn: 'none' });
    expect(refusal({ addOns: { free: 1 } })).toEqual({ problem: 'add_on_not_sold', addOn: 'free' });
    expect(refusal({ plan: 'team', addOns: { mail: 1 } })).toEqual({ problem: 'add_on_not_sold', addOn: 'mail' });
    expect(refusal({ interval: 'year', addOns: { mail: 1 } })).toEqual({ problem: 'add_on_not_sold', addOn: 'mail' });
    expect(refusal({ plan: 'free', addOns: { disk: 1 } })).toEqual({ problem: 'add_on_not_sold', addOn: 'disk' });
    expect(refusal({ addOns: { mail: 4 } })).toEqual({ problem: 'too_many_add_ons', addOn: 'mail' });
  });

  it('can lower a quantity that is above the current maximum', () => {
    const current: Terms = { plan: plans.get('pro') as PlanDefinition, interval: 'month', seats: undefined, addOns: boughtOf([{ key: 'mail', quantity: 6 }], addOns) };
    const wanted = (quantity: number): unknown => resolveTerms(basisOf(current), { addOns: { mail: quantity } }, { plans, addOns });
    expect(wanted(5)).toMatchObject({ terms: { addOns: [{ quantity: 5 }] } });
    expect(wanted(6)).toMatchObject({ terms: { addOns: [{ quantity: 6 }] } });
    expect(wanted(7)).toEqual({ problem: 'too_many_add_ons', addOn: 'mail' });
  });

  it('that the operator assigned charges nothing if it only removes some of them', () => {
    const given = (plan: string): Terms => ({
      plan: plans.get(plan) as PlanDefinition,
      interval: 'month',
      seats: undefined,
      addOns: boughtOf([{ key: 'disk', quantity: 2 }], addOns),
    });
    for (const plan of ['pro', 'team']) {
      const basis = { ...basisOf(given(plan)), paid: false, seatsInUse: 3 };
      const change = (request: WantedTerms): unknown => timeChange(basis, (resolveTerms(basis, request, { plans, addOns }) as ResolvedTerms).terms);
      expect(change({ addOns: { disk: 1 } })).toMatchObject({ now: { seats: undefined, addOns: [{ quantity: 1 }] }, restarts: false, immediate: true });
      expect(change({ addOns: { disk: 3 } })).toMatchObject({ restarts: true });
      expect(change({ plan, interval: 'month', addOns: { disk: plan === 'pro' ? 4 : 1 } })).toMatchObject({ restarts: true });
    }
  });
});

describe('the currency and the interval of a purchase', () => {
  const price = (interval: 'month' | 'year', code: string, amount: number): Price => ({ interval, currency: code, amount, perSeat: false });
  const plans = new Map(
    [
      planOf('free', []),
      planOf('pro', [price('month', 'EUR', 100), price('year', 'EUR', 1000), price('month', 'JPY', 9000)]),
      planOf('huge', [price('month', 'EUR', 2 ** 53 - 1)]),
    ].map((plan) => [plan.key, plan]),
  );
  const termsOf = (plan: string, interval: 'month' | 'year'): Terms => ({ plan: plans.get(plan) as PlanDefinition, interval, seats: undefined, addOns: [] });
  const resolved = (basis: Partial<ChangeBasis>, wanted: WantedTerms): unknown => {
    const found = resolveTerms({ ...basisOf(termsOf('free', 'year')), currency: undefined, paid: false, ...basis }, wanted, { plans, addOns: new Map() });
    return 'problem' in found ? found.problem : [found.terms.interval, found.currency];
  };

  it('are those of the first price of the plan, whatever was bought before', () => {
    expect(resolved({}, { plan: 'pro' })).toEqual(['month', 'EUR']);
    expect(resolved({ currency: 'JPY' }, { plan: 'pro' })).toEqual(['month', 'EUR']);
  });

  it('are those that the request names, if the plan is sold so', () => {
    expect(resolved({}, { plan: 'pro', interval: 'year' })).toEqual(['year', 'EUR']);
    expect(resolved({}, { plan: 'pro', currency: 'JPY' })).toEqual(['month', 'JPY']);
    expect(resolved({}, { plan: 'pro', interval: 'year', currency: 'JPY' })).toBe('not_sold');
  });

  it('stay the same within a paid period', () => {
    const paid = { current: termsOf('pro', 'month'), currency: 'JPY', paid: true };
    expect(resolved(paid, { plan: 'pro' })).toEqual(['month', 'JPY']);
    expect(resolved(paid, { currency: 'JPY' })).toEqual(['month', 'JPY']);
    expect(resolved(paid, { currency: 'EUR' })).toBe('currency_fixed');
    expect(resolved(paid, { plan: 'free', currency: 'EUR' })).toBe('currency_fixed');
    expect(resolved(paid, { interval: 'year' })).toBe('not_sold');
  });

  it('can change in a trial, which is not paid for', () => {
    const trial = { current: termsOf('pro', 'month'), currency: 'EUR', trialing: true };
    expect(resolved(trial, { plan: 'pro' })).toEqual(['month', 'EUR']);
    expect(resolved(trial, { currency: 'JPY' })).toEqual(['month', 'JPY']);
  });

  it('refuses an amount beyond the exact numbers of JSON', () => {
    expect(resolved({}, { plan: 'huge' })).toEqual(['month', 'EUR']);
    const seats = new Map([['seats', planOf('seats', [{ interval: 'month', currency: 'EUR', amount: 2 ** 52, perSeat: true }])]]);
    const basis = { ...basisOf(termsOf('free', 'month')), paid: false };
    expect(resolveTerms(basis, { plan: 'seats', seats: 1 }, { plans: seats, addOns: new Map() })).toMatchObject({ currency: 'EUR' });
    expect(resolveTerms(basis, { plan: 'seats', seats: 2 }, { plans: seats, addOns: new Map() })).toEqual({ problem: 'amount_too_large' });
  });
});
