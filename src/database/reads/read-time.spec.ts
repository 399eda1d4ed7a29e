import { describe, expect, it } from '@jest/globals';
import { timeOf } from './read-time.js';

describe('timeOf', () => {
  it.each([
    ['2026-01-31 12:00:00+00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00.1+00', '2026-01-31T12:00:00.100Z'],
    ['2026-01-31 12:00:00.12+00', '2026-01-31T12:00:00.120Z'],
    ['2026-01-31 12:00:00.123+00', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31 12:00:00.123456+00', '2026-01-31T12:00:00.123Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s, also as JSON', (written, expected) => {
    const time = timeOf(written);
    expect([time.toISOString(), JSON.stringify(time)]).toEqual([expected, JSON.stringify(expected)]);
  });

  it.each(['10000-01-01 00:00:00+00', '0044-03-15 00:00:00+00 BC', 'infinity', '2026-01-31 12:00:00+05'])('%s is an invalid date', (written) => {
    expect([timeOf(written).getTime(), JSON.stringify(timeOf(written))]).toEqual([Number.NaN, 'null']);
  });

  it('a time that a caller changes is written as changed', () => {
    const time = timeOf('2026-01-31 12:00:00+00');
    time.setUTCHours(13);
    expect(JSON.stringify(time)).toBe('"2026-01-31T13:00:00.000Z"');
  });
});
