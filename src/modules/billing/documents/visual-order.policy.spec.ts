import { describe, expect, test } from '@jest/globals';
import { brokenLines, isBidirectional, visualParts } from './visual-order.policy.js';

const space = '\u00a0';

describe('the visual order of a line', () => {
  test.each([
    ['Acme 2 GmbH', ['Acme 2 GmbH']],
    ['שלום עולם', [`שלום${space}עולם`]],
    ['Acme שלום עולם 2', ['Acme ', `2`, `שלום${space}עולם${space}`]],
    ['רחוב הרצל 12, דירה 4', ['4', `,${space}דירה${space}`, '12', `רחוב${space}הרצל${space}`]],
    ['שלום (Acme) שלום', [`(${space}שלום`, 'Acme', `שלום${space})`]],
  ])('%s is drawn in parts from left to right', (line, parts) => expect(visualParts(line)).toEqual(parts));

  test('digits of a script from right to left are drawn from left to right', () => {
    // PDFKit turns them around, because their script is Arabic.
    expect(visualParts('۱۲')).toEqual(['۲۱']);
  });

  test('only letters from right to left need it', () => expect(['שלום', 'عربى', 'Acme', '東京', ''].map(isBidirectional)).toEqual([true, true, false, false, false]));

  test('lines break at spaces, long words anywhere', () => {
    expect(brokenLines('ab cd efghijk\nl', (line) => line.length <= 5)).toEqual(['ab cd', 'efghi', 'jk', 'l']);
  });
});
