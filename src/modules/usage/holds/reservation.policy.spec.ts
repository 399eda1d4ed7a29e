import { describe, expect, it } from '@jest/globals';
import { commitOutcome, type CommitFacts } from './reservation.policy.js';

const open: CommitFacts = { done: false, status: 'open', committed: null, isIdTaken: false };

describe('the commit of a reservation', () => {
  it.each<[string, Partial<CommitFacts>, string]>([
    ['was done', { done: true }, 'committed'],
    ['was done after it expired', { done: true, status: 'expired' }, 'committed'],
    ['was done before, with the same units', { status: 'committed', committed: 5 }, 'repeated'],
    ['was done before, with other units', { status: 'committed', committed: 4 }, 'closed'],
    ['was sent after the release', { status: 'released' }, 'closed'],
    ['found an event with its id', { isIdTaken: true }, 'reused'],
    ['was done before and its event has its id', { status: 'committed', committed: 5, isIdTaken: true }, 'repeated'],
    ['found no room for more units', {}, 'exceeded'],
    ['found no room after it expired', { status: 'expired' }, 'exceeded'],
    ['found no reservation', { status: null }, 'unknown'],
  ])('a commit that %s has its outcome', (_, facts, outcome) => {
    expect(commitOutcome({ ...open, ...facts }, 5)).toBe(outcome);
  });
});
