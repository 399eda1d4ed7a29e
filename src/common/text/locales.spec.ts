import { expect, it } from '@jest/globals';
import { canonicalLocale } from './locales.js';

it.each([
  ['en-US', 'en-US'],
  ['EN-us', 'en-US'],
  ['de', 'de'],
  ['zh-hant-tw', 'zh-Hant-TW'],
  ['sr-latn-rs', 'sr-Latn-RS'],
  ['es-419', 'es-419'],
  ['de-CH-1996', 'de-CH-1996'],
  ['ar-EG-u-nu-latn', 'ar-EG-u-nu-latn'],
  ['gsw', 'gsw'],
  ['sq-xk', 'sq-XK'],
  ['tlh', 'tlh'],
  ['iw-IL', 'he-IL'],
])('%s is the locale %s', (text, canonical) => {
  expect(canonicalLocale(text)).toBe(canonical);
});

it.each([
  'POSIX',
  'C',
  'klingonisch!!',
  'klingon',
  'en_US',
  'en-US.UTF-8',
  'xx',
  'xx-DE',
  'en-XX',
  'en-ZZ',
  'en-Abcd',
  'und',
  'root',
  'mul',
  'x-private',
  'qaa',
  'en-',
  '-en',
  'en US',
  'constructor',
  '',
])('%j is no locale', (text) => {
  expect(canonicalLocale(text)).toBeUndefined();
});
