import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromBase62, toBase62 } from './base62.js';

describe('base 62', () => {
  it.each([
    [0n, 1, '0'],
    [61n, 1, 'z'],
    [62n, 2, '10'],
    [62n, 4, '0010'],
    [3843n, 2, 'zz'],
  ])('writes %s with %s digits as %s', (value, length, text) => expect(toBase62(value, length)).toBe(text));

  it('fromBase62 reverses toBase62', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 62n ** 65n - 1n }), (value) => expect(fromBase62(toBase62(value, 65))).toBe(value)));
  });
});
