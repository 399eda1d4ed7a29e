import { expect, test } from '@jest/globals';
import { faultOfText, toOneLine } from './readable-text.js';

test.each([
  'a\nb',
  'a\rb',
  'a\u2028b',
  'a\u2029b',
  'a\u000bb',
  'a\u0085b',
  'a\u202eb',
  'a\u2066b',
  'a\u200fb',
  'a\u061cb',
  'a\u200bb',
  'a\ufeffb',
  'a\u00adb',
  'a\tb',
  'a\u0000b',
  'a\u2060b',
  'a\ufff9b',
  'a\u{e0001}b',
  'a\u{e0041}\u{e0042}b',
  `a\u{1f3f4}${'\u{e0041}'.repeat(9)}`,
  'a\u200db',
  'a\u200cb',
  '\u06cc\u200c\u200c\u0647',
  'a\ufe01\ufe02b',
  'a\u{e0100}\u{e0101}b',
  'a\u3164b',
  'a\u115fb',
  'a\u034fb',
  'a\ufffeb',
  'a\ud800b',
  'a\u{2ffff}b',
  'a\ufdd0b',
  'a\u{e0fff}b',
])('a name with the hidden character of %j is refused', (text) => expect(faultOfText(text, false)).toEqual(expect.any(String)));

test.each([' ', '\u00a0', '\u3164', '\u2800', '\u115f\u1160', '\u034f', '\u200d', '\u0301', '\u{e0020}', '\ufe0f', '\u17b4'])(
  'a name of invisible characters is refused: %j',
  (text) => {
    expect(faultOfText(text, false)).toEqual(expect.any(String));
  },
);

test.each([
  'Ada Lovelace',
  'Zoë',
  'नमस्ते',
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629',
  '\u05e2\u05d1\u05e8\u05d9\u05ea',
  '\u06cc\u200c\u0647',
  '👩‍🚀',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '=1',
  '漢字',
  '葛\u{e0100}城',
  '❤\ufe0f',
  '👨\u200d👩\u200d👧',
  '❤\ufe0f\u200d🔥',
  '\u1820\u180b',
  '-',
])('a name in any script is accepted: %s', (text) => expect(faultOfText(text, false)).toBeUndefined());

test('a text of several lines may have line breaks and marks of direction, and nothing that turns the text around it', () => {
  expect(faultOfText('a\r\nb\tc\u200e', true)).toBeUndefined();
  for (const text of ['a\u202eb', 'a\u2067b', 'a\u0000b', '\n\t', 'a\u200bb', 'a\u2029b']) expect(faultOfText(text, true)).toEqual(expect.any(String));
});

test('a text becomes one visible line of limited length', () => {
  expect(toOneLine('  a\r\n\tb\u2028c\u202e\u200b ', 20)).toBe('a b c');
  expect(toOneLine('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(toOneLine('a\u{e0041}\u{e0042}\ufe01\ufe02b\ufffe', 20)).toBe('a\ufe01b');
  expect(toOneLine('😀'.repeat(5), 3)).toBe('😀😀…');
});

test('the search for hidden characters takes linear time', () => {
  const began = process.cpuUsage();
  for (const part of ['\u{e0041}', '\u{1f3f4}\u{e0041}', '\ufe01', '\u200d', 'a\u0301']) faultOfText(`a\u{1f3f4}${part.repeat(200_000)}`, false);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(2);
});
