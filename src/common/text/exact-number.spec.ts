import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isExactNumber } from './exact-number.js';

describe('a decimal number', () => {
  it.each([
    '0',
    '-0',
    '-0.0e0',
    '0.1',
    '1.10',
    '1e2',
    '1E+2',
    '9007199254740991',
    '-9007199254740992',
    '1e21',
    '1e308',
    '5e-324',
    '0.30000000000000004',
    '123456789012345680000',
    '0.00000000000000000001',
  ])('%s is exact', (text) => {
    expect(isExactNumber(text, Number(text))).toBe(true);
  });

  it.each([
    '1e400',
    '-1e400',
    '9007199254740993',
    '-9007199254740993',
    '1e-400',
    '0.1000000000000000055511151231257827',
    '3.14159265358979323846',
    '123456789012345678901',
    '1e99999999999999999999',
    '9.007199254740993e15',
  ])('%s is not exact', (text) => {
    expect(isExactNumber(text, Number(text))).toBe(false);
  });

  it.each([
    ['fraction', `0.1${'0'.repeat(500_000)}1`],
    ['exponent', `1e-${'9'.repeat(500_000)}`],
  ])('half a million digits in the %s are not exact, which is found at once', (_, text) => {
    expect(isExactNumber(text, Number(text))).toBe(false);
  });

  it('every number that JavaScript writes is exact', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => isExactNumber(JSON.stringify(value), value)));
  });

  it('an integer is exact exactly if it is written back as the same integer', () => {
    const limit = 10n ** 20n;
    fc.assert(fc.property(fc.bigInt({ min: -limit, max: limit }), (value) => isExactNumber(String(value), Number(value)) === (BigInt(String(Number(value))) === value)));
  });
});
