import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { periodOf } from './meter-period.js';

const month = { period: 'month' } as const;
const span = (at: string, anchor: number): string => {
  const { start, end } = periodOf(month, new Date(at), anchor);
  return `${start.toISOString().slice(0, 10)} ${end?.toISOString().slice(0, 10)}`;
};
const moment = fc.date({ min: new Date('1999-01-01'), max: new Date('2101-01-01'), noInvalidDate: true });
const anchorDay = fc.integer({ min: 1, max: 31 });

describe('the period of a month', () => {
  it.each([
    ['2026-11-21T12:00:00Z', 1, '2026-11-01 2026-12-01'],
    ['2026-11-21T12:00:00Z', 21, '2026-11-21 2026-12-21'],
    ['2026-11-20T23:59:59.999Z', 21, '2026-10-21 2026-11-21'],
    ['2026-01-31T00:00:00Z', 31, '2026-01-31 2026-02-28'],
    ['2026-02-27T23:59:59.999Z', 31, '2026-01-31 2026-02-28'],
    ['2026-02-28T00:00:00Z', 31, '2026-02-28 2026-03-31'],
    ['2026-03-30T23:59:59Z', 31, '2026-02-28 2026-03-31'],
    ['2026-04-30T00:00:00Z', 31, '2026-04-30 2026-05-31'],
    ['2028-02-28T12:00:00Z', 29, '2028-01-29 2028-02-29'],
    ['2028-02-29T00:00:00Z', 29, '2028-02-29 2028-03-29'],
    ['2027-02-28T00:00:00Z', 29, '2027-02-28 2027-03-29'],
    ['2028-02-29T00:00:00Z', 30, '2028-02-29 2028-03-30'],
    ['2026-12-31T23:59:59.999Z', 1, '2026-12-01 2027-01-01'],
    ['2027-01-01T00:00:00Z', 31, '2026-12-31 2027-01-31'],
    ['2100-02-28T00:00:00Z', 31, '2100-02-28 2100-03-31'],
  ])('the month of %s with the anchor day %i is %s', (at, anchor, expected) => {
    expect(span(at, anchor)).toBe(expected);
  });
});

describe('periods', () => {
  it.each(['day', 'month'] as const)('periods of a %s follow each other without gap or overlap', (period) => {
    fc.assert(
      fc.property(moment, anchorDay, (at, anchor) => {
        const { start, end } = periodOf({ period }, at, anchor);
        expect(start <= at && end !== undefined && at < end).toBe(true);
        expect(periodOf({ period }, start, anchor)).toEqual({ start, end });
        expect(periodOf({ period }, new Date(end?.getTime() ?? 0), anchor).start).toEqual(end);
        expect(periodOf({ period }, new Date(start.getTime() - 1), anchor).end).toEqual(start);
      }),
    );
  });

  it('a month begins on the anchor day, or on the last day of a shorter month', () => {
    fc.assert(
      fc.property(moment, anchorDay, (at, anchor) => {
        const { start } = periodOf(month, at, anchor);
        const lastDay = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
        expect(start.getUTCDate()).toBe(Math.min(anchor, lastDay));
        expect(start.getTime() % (24 * 3600 * 1000)).toBe(0);
      }),
    );
  });

  it('the period of a gauge has no end', () => {
    expect(periodOf({ period: undefined }, new Date(), 5)).toEqual({ start: new Date(0), end: undefined });
  });
});
