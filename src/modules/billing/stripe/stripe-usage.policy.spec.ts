import { describe, expect, it } from '@jest/globals';
import { momentOf } from './stripe-usage.policy.js';

const at = (text: string): Date => new Date(`${text}Z`);
const day = at('2026-11-10T00:00:00');

describe('the time that a day’s usage is reported for', () => {
  it.each([
    ['a day of the running period', '2026-11-01T00:00:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the day on which the period began', '2026-11-10T14:00:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the last day, while its invoice is open', '2026-11-11T00:10:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the last day, when its invoice is written', '2026-11-11T00:10:00', '2026-11-11T01:00:00', '2026-11-11T00:10:00'],
    ['a day of a period that was invoiced', '2026-11-20T09:00:00', '2026-11-25T00:40:00', '2026-11-20T09:00:00'],
    ['a day that is too old for Stripe', '2026-01-01T00:00:00', '2026-12-25T00:40:00', '2026-11-21T00:40:00'],
  ])('of %s', (_, periodStart, now, moment) => {
    expect(momentOf(day, at(periodStart), at(now))).toEqual(at(moment));
  });
});
