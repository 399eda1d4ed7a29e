import { describe, expect, it } from '@jest/globals';
import { decoyAt } from './decoy-hashes.service.js';

describe('decoyAt', () => {
  it('the share of unknown addresses with a decoy of a kind is the share of accounts with the kind', () => {
    const kinds = [
      { decoy: 'a', accounts: 10 },
      { decoy: 'b', accounts: 30 },
    ];
    const chosen = Array.from({ length: 1000 }, (_, index) => decoyAt(index / 1000, { kinds, accounts: 100 }));
    expect([chosen.filter((each) => each === 'a').length, chosen.filter((each) => each === 'b').length, chosen.filter((each) => each === undefined).length]).toEqual([
      100, 300, 600,
    ]);
  });

  it('while users of a kind sign in for the first time, addresses only change to the kind of this application', () => {
    for (let position = 0; position < 1; position += 0.01) {
      const chosen = [40, 30, 10, 0].map((accounts) => decoyAt(position, { kinds: [{ decoy: 'a', accounts }], accounts: 100 }));
      expect(chosen.indexOf(undefined) === -1 ? [] : chosen.slice(chosen.indexOf(undefined)).filter((each) => each !== undefined)).toEqual([]);
    }
  });
});
