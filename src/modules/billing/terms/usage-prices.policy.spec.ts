import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargesFor, decimalOf, usageAmount, usageLines } from './usage-prices.policy.js';

type Price = Parameters<typeof chargesFor>[0];

const perUnit = (amount: number): Price => ({ model: 'per_unit', amount, per: 1, tiers: [] });
const inPackages = (amount: number, per: number): Price => ({ model: 'package', amount, per, tiers: [] });
const tiers = (model: 'graduated' | 'volume', ...list: readonly (readonly [upTo: number | undefined, amount: number, flat?: number])[]): Price => ({
  model,
  amount: 0,
  per: 1,
  tiers: list.map(([upTo, amount, flat = 0]) => ({ upTo, amount, flat })),
});
const cost = (price: Price, quantity: number | bigint, decimals = 0): bigint => usageAmount(chargesFor(price, BigInt(quantity), decimals));
const amounts = (price: Price, quantity: number): bigint[] => chargesFor(price, BigInt(quantity)).map(({ amount }) => amount);

describe('the price of usage', () => {
  it.each([
    ['each unit', perUnit(5), 3, 15n],
    ['each unit, of part of a minor unit', perUnit(0.05), 1000, 50n],
    ['each unit, rounded half up once', perUnit(0.5), 3, 2n],
    ['each unit, below half a minor unit', perUnit(0.000001), 499_999, 0n],
    ['each unit, at half a minor unit', perUnit(0.000001), 500_000, 1n],
    ['nothing used', perUnit(5), 0, 0n],
    ['a started package', inPackages(200, 1000), 1001, 400n],
    ['a full package', inPackages(200, 1000), 1000, 200n],
    ['no package', inPackages(200, 1000), 0, 0n],
    ['corrections below zero', perUnit(5), -3, 0n],
  ] as const)('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });

  it('a graduated price charges each unit by its tier, and a volume price all units by the tier of the total', () => {
    const list = [
      [1000, 10],
      [undefined, 5],
    ] as const;
    const [graduated, volume] = [tiers('graduated', ...list), tiers('volume', ...list)];
    expect([1, 999, 1000, 1001, 2000].map((quantity) => cost(graduated, quantity))).toEqual([10n, 9990n, 10_000n, 10_005n, 15_000n]);
    expect([1, 999, 1000, 1001, 2000].map((quantity) => cost(volume, quantity))).toEqual([10n, 9990n, 10_000n, 5005n, 10_000n]);
    expect(amounts(graduated, 1001)).toEqual([10_000n, 5n]);
  });

  it('the flat amount of a tier is charged once when the tier is reached, and that of the first tier always', () => {
    const list = [
      [10, 1, 100],
      [20, 1, 200],
      [undefined, 1, 400],
    ] as const;
    expect([0, 1, 10, 11, 20, 21].map((quantity) => cost(tiers('graduated', ...list), quantity))).toEqual([100n, 101n, 110n, 311n, 320n, 721n]);
    expect([0, 1, 10, 11, 20, 21].map((quantity) => cost(tiers('volume', ...list), quantity))).toEqual([100n, 101n, 110n, 211n, 220n, 421n]);
    // Without usage, the invoice has one line, without units.
    for (const model of ['graduated', 'volume'] as const) {
      const lines = usageLines({ key: 'calls', name: 'Calls', unit: 'call', decimals: 0 }, chargesFor(tiers(model, ...list), 0n), { start: new Date(0), end: new Date(1) });
      expect(lines).toMatchObject([{ quantity: 0, amount: 100, unitAmount: null }]);
    }
  });

  it('counts parts of units of a meter with decimals', () => {
    // 1.5 GB at 3.00 each, in packages of 2 GB, and in tiers of 1 GB.
    expect(cost(perUnit(300), 15, 1)).toBe(450n);
    expect([cost(inPackages(300, 2), 15, 1), cost(inPackages(300, 2), 20, 1), cost(inPackages(300, 2), 21, 1)]).toEqual([300n, 300n, 600n]);
    expect([cost(tiers('graduated', [1, 100], [undefined, 10]), 15, 1), cost(tiers('volume', [1, 100], [undefined, 10]), 15, 1)]).toEqual([105n, 15n]);
  });

  it('is exact up to the largest quantities and amounts', () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    expect(cost(perUnit(Number.MAX_SAFE_INTEGER), most)).toBe(most * most);
    expect(cost(perUnit(0.000000000001), most)).toBe(9007n);
    expect(cost(tiers('graduated', [Number.MAX_SAFE_INTEGER - 1, 1], [undefined, 2]), most)).toBe(most + 1n);
  });

  it('reads amounts as they are written', () => {
    expect([0.05, 1e-12, 1e21, 12.5, 3].map(decimalOf)).toEqual([
      { digits: 5n, decimals: 2 },
      { digits: 1n, decimals: 12 },
      { digits: 10n ** 21n, decimals: 0 },
      { digits: 125n, decimals: 1 },
      { digits: 3n, decimals: 0 },
    ]);
  });
});

describe('any price', () => {
  const unit = fc.tuple(fc.nat(5_000_000), fc.integer({ min: 0, max: 6 })).map(([digits, decimals]) => Number(`${digits}e-${decimals}`));
  const flat = fc.nat(10_000);
  const ladder = fc
    .uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 4 })
    .chain((ends) => fc.tuple(...[...ends.sort((a, b) => a - b), undefined].map((upTo) => fc.tuple(fc.constant(upTo), unit, flat))));
  const graduated = ladder.map((list) => tiers('graduated', ...list));
  const volume = ladder.map((list) => tiers('volume', ...list));
  const flatRate = fc.oneof(
    unit.map(perUnit),
    fc.tuple(unit, fc.integer({ min: 1, max: 500 })).map(([amount, per]) => inPackages(amount, per)),
  );
  const quantity = fc.nat(10_000);
  const decimals = fc.integer({ min: 0, max: 3 });
  const runs = { numRuns: 500 };

  it('never costs less for more, unless all units are priced by the total', () => {
    fc.assert(
      fc.property(fc.oneof(graduated, flatRate), quantity, quantity, decimals, (price, one, other, places) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(cost(price, less, places) <= cost(price, more, places)).toBe(true);
      }),
      runs,
    );
  });

  it('is the sum of its lines, each of which is a whole amount of at least zero', () => {
    fc.assert(
      fc.property(fc.oneof(graduated, volume, flatRate), quantity, decimals, (price, used, places) => {
        const charges = chargesFor(price, BigInt(used), places);
        const period = { start: new Date(0), end: new Date(1) };
        const lines = usageLines({ key: 'calls', name: 'Calls', unit: 'call', decimals: places }, charges, period);
        expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(Number(usageAmount(charges)));
        expect(lines.every(({ amount }) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
        expect(lines.length === 0 ? used : lines.reduce((sum, line) => sum + line.quantity, 0)).toBe(used);
      }),
      runs,
    );
  });

  it('differs from the exact amount by at most half a minor unit', () => {
    fc.assert(
      fc.property(ladder, fc.constantFrom('graduated' as const, 'volume' as const), quantity, decimals, (list, model, used, places) => {
        // Counted one smallest unit at a time, in 10^-12 minor units.
        const scale = 10 ** places;
        const exactly = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 6n;
        const tierOf = (units: number): number => list.findIndex(([upTo]) => upTo === undefined || units <= upTo * scale);
        const top = tierOf(used);
        let exact = 0n;
        for (let each = 1; each <= used; each += 1) exact += exactly(list[model === 'volume' ? top : tierOf(each)]?.[1] ?? 0);
        const flats = list.filter((_, index) => (model === 'volume' ? index === top : index <= top)).reduce((sum, [, , each]) => sum + BigInt(each), 0n);
        const total = exact + flats * BigInt(scale) * 10n ** 12n;
        const error = cost(tiers(model, ...list), used, places) * BigInt(scale) * 10n ** 12n - total;
        expect(2n * (error < 0n ? -error : error) <= BigInt(scale) * 10n ** 12n).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same by volume and by tier up to the end of the first tier', () => {
    fc.assert(
      fc.property(ladder, fc.nat(1000), (list, part) => {
        const used = Math.floor(((list[0]?.[0] ?? 1000) * part) / 1000);
        expect(cost(tiers('volume', ...list), used)).toBe(cost(tiers('graduated', ...list), used));
      }),
      runs,
    );
  });
});
