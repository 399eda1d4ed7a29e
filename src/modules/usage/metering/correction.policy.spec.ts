import { describe, expect, it } from '@jest/globals';
import { decideCorrection, decideCorrections, type Correction, type CorrectionFacts, type OriginalEvent } from './correction.policy.js';

const at = (day: string): Date => new Date(`${day}T00:00:00Z`);
const event: OriginalEvent = {
  meter: 'tokens',
  quantity: 10,
  occurredAt: at('2026-11-20'),
  periodStart: at('2026-11-01'),
  corrects: null,
  corrected: 0,
  isReset: false,
  counted: 100,
};
const correction: Correction = { id: 'c1', meter: 'tokens', quantity: -4, corrects: 'e1' };
const sum = { aggregation: 'sum', oldest: at('2026-11-15') };

const decide = (facts: CorrectionFacts, own = correction, terms = sum): string => decideCorrection(own, facts, terms);

describe('the correction of an event', () => {
  it.each([
    ['a part of the event', {}, 'apply'],
    ['the remaining quantity', { corrected: 6 }, 'apply'],
    ['more than the remaining quantity', { corrected: 7 }, 'too_much'],
    ['more than the gauge has left', { counted: 3 }, 'too_much'],
    ['an event of another meter', { meter: 'runs' }, 'unknown'],
    ['an event that is itself a correction', { corrects: 'e0' }, 'unknown'],
    ['an event before the oldest day', { occurredAt: at('2026-11-14') }, 'too_late'],
    ['an event before a reset', { isReset: true }, 'too_late'],
  ])('a correction of %s is decided', (_, original, decision) => {
    expect(decide({ original: { ...event, ...original } })).toBe(decision);
  });

  it('a correction is unknown when the ledger does not have the event', () => {
    expect(decide({})).toBe('unknown');
  });

  it.each(['count', 'max', 'unique'])('a correction applies only to the entire event of a meter with the aggregation %s', (aggregation) => {
    const terms = { ...sum, aggregation };
    expect(decide({ original: { ...event, counted: 1 } }, { ...correction, quantity: -10 }, terms)).toBe('apply');
    expect(decide({ original: event }, correction, terms)).toBe('whole_only');
    expect(decide({ original: { ...event, corrected: 10 } }, { ...correction, quantity: -10 }, terms)).toBe('too_much');
  });

  it('a correction is repeated when the ledger has the same one, even when the event can no longer be corrected', () => {
    expect(decide({ known: { corrects: 'e1', quantity: -4 }, original: { ...event, isReset: true } })).toBe('repeated');
  });

  it.each([
    ['an event that corrects nothing', { corrects: null, quantity: -4 }],
    ['a correction of another event', { corrects: 'e2', quantity: -4 }],
    ['a correction of another quantity', { corrects: 'e1', quantity: -5 }],
  ])('a correction cannot reuse the id of %s', (_, known) => {
    expect(decide({ known, original: event })).toBe('reused');
  });
});

describe('the corrections of one batch', () => {
  const decideAll = (corrections: readonly Correction[], original: OriginalEvent): string[] =>
    decideCorrections(
      corrections,
      corrections.map(() => ({ original })),
      () => sum,
    );

  it('corrections together do not take more than the quantity of an event', () => {
    const ids = ['c1', 'c2', 'c3'];
    expect(
      decideAll(
        ids.map((id) => ({ ...correction, id })),
        event,
      ),
    ).toEqual(['apply', 'apply', 'too_much']);
  });

  it('corrections together do not take more than a gauge has left', () => {
    const both = [correction, { ...correction, id: 'c2', corrects: 'e2' }];
    expect(decideAll(both, { ...event, counted: 7 })).toEqual(['apply', 'too_much']);
    expect(decideAll(both, { ...event, counted: 8 })).toEqual(['apply', 'apply']);
  });

  it('the same correction in one batch counts once', () => {
    expect(decideAll([correction, correction], event)).toEqual(['apply', 'repeated']);
  });

  it('two corrections cannot use one id', () => {
    expect(decideAll([correction, { ...correction, quantity: -1 }], event)).toEqual(['apply', 'reused']);
  });

  it('corrections of different meters or periods do not add up', () => {
    const facts = [
      { original: { ...event, counted: 4 } },
      { original: { ...event, counted: 4, meter: 'disk' } },
      { original: { ...event, counted: 4, periodStart: at('2026-10-01') } },
    ];
    const corrections = [correction, { ...correction, id: 'c2', meter: 'disk', corrects: 'e2' }, { ...correction, id: 'c3', corrects: 'e3' }];
    expect(decideCorrections(corrections, facts, () => sum)).toEqual(['apply', 'apply', 'apply']);
  });
});
