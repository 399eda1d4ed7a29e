import { expect, it } from '@jest/globals';
import { storableText } from './storable-text.js';

it('a text is stored without NUL and unpaired surrogates', () => {
  expect(storableText('a\0b\ud800c\u{1f600}', 100)).toBe('ab\ufffdc\u{1f600}');
});

it('a character that the limit cuts in two is replaced', () => {
  expect(storableText('ab\u{1f600}', 3)).toBe('ab\ufffd');
});
