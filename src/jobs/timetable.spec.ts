import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Timetable } from './timetable.js';

const at = (text: string): Date => new Date(text);
const nightly = new Timetable('0 20 3 * * *', 'day');
const monthly = new Timetable('0 0 0 1 * *', 'month');

describe('Timetable', () => {
  it.each([
    ['0 20 3 * * *', '2026-11-21T03:20:00Z', '2026-11-21T03:20:00.000Z'],
    ['0 20 3 * * *', '2026-11-21T03:19:59.999Z', '2026-11-20T03:20:00.000Z'],
    ['0 7 * * * *', '2026-11-21T00:01:00Z', '2026-11-20T23:07:00.000Z'],
    ['*/10 * * * * *', '2026-11-21T00:00:09Z', '2026-11-21T00:00:00.000Z'],
    ['0 0 0 1 * *', '2026-02-28T00:00:00Z', '2026-02-01T00:00:00.000Z'],
    ['0 0 0 1 1 *', '2026-12-31T23:59:59Z', '2026-01-01T00:00:00.000Z'],
    ['* * * * * *', '2026-11-21T00:00:00.999Z', '2026-11-21T00:00:00.000Z'],
    ['0 */5 * * * *', '2026-11-21T00:04:59Z', '2026-11-21T00:00:00.000Z'],
  ])('the last due time of the cron expression %s at %s was %s', (cron, now, due) => {
    expect(new Timetable(cron, 'day').last(at(now))?.toISOString()).toBe(due);
  });

  it('returns the same times regardless of earlier calls', () => {
    const known = new Timetable('0 */20 * * * *', 'hour');
    const base = at('2026-11-21T00:00:00Z').getTime();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 }), fc.constantFrom(-1, 0, 1), (minutes, milliseconds) => {
        const [moment, fresh] = [new Date(base + minutes * 60_000 + milliseconds), new Timetable('0 */20 * * * *', 'hour')];
        expect([known.next(moment), known.last(moment), known.next(moment)]).toEqual([fresh.next(moment), fresh.last(moment), fresh.next(moment)]);
      }),
      { numRuns: 60 },
    );
  });

  it('names the period of a time and recognizes only valid names', () => {
    const moment = at('2026-11-21T05:06:07Z');
    const kinds = ['minute', 'hour', 'day', 'month'] as const;
    expect(kinds.map((kind) => new Timetable('0 0 0 * * *', kind).periodOf(moment))).toEqual(['2026-11-21T05:06', '2026-11-21T05', '2026-11-21', '2026-11']);
    expect(['2026-11-21', '2026-11', '2026-13-01', '2026-02-30', '', 'today', '2026-11-21T05'].map((text) => nightly.isPeriod(text))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(monthly.isPeriod('2026-11')).toBe(true);
  });

  it.each([
    ['2026-11-16T07:00:00Z', '2026-W47', '2026-11-16T00:00:00.000Z'],
    ['2026-11-22T23:59:59Z', '2026-W47', '2026-11-16T00:00:00.000Z'],
    ['2026-01-01T00:00:00Z', '2026-W01', '2025-12-29T00:00:00.000Z'],
    ['2027-01-03T23:59:59Z', '2026-W53', '2026-12-28T00:00:00.000Z'],
    ['2027-01-04T00:00:00Z', '2027-W01', '2027-01-04T00:00:00.000Z'],
    ['2028-12-31T12:00:00Z', '2028-W52', '2028-12-25T00:00:00.000Z'],
  ])('names the week of %s %s, which begins on Monday', (moment, week, monday) => {
    const weekly = new Timetable('0 0 7 * * 1', 'week');
    expect(weekly.periodOf(at(moment))).toBe(week);
    expect(weekly.beginningOf(week).toISOString()).toBe(monday);
    expect([weekly.isPeriod(week), weekly.isPeriod('2027-W53'), weekly.isPeriod('2026-W00'), weekly.isPeriod('2026-47')]).toEqual([true, false, false, false]);
  });

  it('lists at most `limit` periods that are due and not done, oldest first', () => {
    const done = new Set(['2026-11-18']);
    const isDone = (period: string): boolean => done.has(period);
    expect(nightly.due('2026-11-17', at('2026-11-21T03:00:00Z'), { isDone, limit: 9 })).toEqual(['2026-11-17', '2026-11-19', '2026-11-20']);
    expect(nightly.due('2026-11-17', at('2026-11-21T03:00:00Z'), { isDone, limit: 2 })).toEqual(['2026-11-17', '2026-11-19']);
    expect(monthly.due('2025-11', at('2026-02-28T00:00:00Z'), { isDone, limit: 9 })).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
  });
});
