import { describe, expect, it } from '@jest/globals';
import { packages } from '../../../../common/packages.js';
import { connect } from '../stripe-client.service.js';
import { didNothing, momentOf } from './stripe-usage.policy.js';

const at = (text: string): Date => new Date(`${text}Z`);
const day = at('2026-11-10T00:00:00');

describe('the timestamp of a usage report', () => {
  it.each([
    ['a day of the running period', '2026-11-01T00:00:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the day on which the period began', '2026-11-10T14:00:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the last day, while its invoice is open', '2026-11-11T00:10:00', '2026-11-11T00:40:00', '2026-11-10T23:59:59'],
    ['the last day, when its invoice is written', '2026-11-11T00:10:00', '2026-11-11T01:00:00', '2026-11-11T00:10:00'],
    ['a day of a period that was invoiced', '2026-11-20T09:00:00', '2026-11-25T00:40:00', '2026-11-20T09:00:00'],
    ['a day that is too old for Stripe', '2026-01-01T00:00:00', '2026-12-25T00:40:00', '2026-11-21T00:40:00'],
  ])('usage of %s is reported with a timestamp that Stripe accepts in the right period', (_, periodStart, now, moment) => {
    expect(momentOf(day, at(periodStart), at(now))).toEqual(at(moment));
  });
});

describe('a failed call to Stripe', () => {
  const { StripeError, StripeAPIError, StripeConnectionError } = packages.stripe.errors;
  const answered = (statusCode: number): Error => StripeError.generate({ type: 'api_error', message: '', statusCode } as never);
  const broken = (code: string): Error => new StripeConnectionError({ message: '', detail: Object.assign(new Error(code), { code }) });

  it.each([401, 403, 429])('a call to Stripe that was answered with %s certainly changed nothing', (status) => {
    expect(didNothing(answered(status))).toBe(true);
  });

  it('a call to Stripe that could not connect certainly changed nothing', async () => {
    const api = connect({ secretKey: 'sk_test', webhookSecrets: [], apiUrl: 'http://127.0.0.1:2' });
    const error: unknown = await api.customers.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StripeConnectionError);
    expect(didNothing(error)).toBe(true);
  });

  it.each([
    ['Stripe failed', answered(500)],
    ['the answer says nothing', new StripeAPIError({ message: '' })],
    ['the connection broke', broken('ECONNRESET')],
    ['no answer came in time', broken('ETIMEDOUT')],
    ['it was not Stripe that failed', new Error('401')],
  ])('a call to Stripe may have changed something if %s', (_, error) => {
    expect(didNothing(error)).toBe(false);
  });
});
