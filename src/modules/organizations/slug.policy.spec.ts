import { expect, test } from '@jest/globals';
import { assertNotReserved, slugFromName, slugRule } from './slug.policy.js';

test.each([
  'xn--80ak6aa92e',
  'ab--c',
  'wpad',
  'autodiscover',
  'autoconfig',
  'mta-sts',
  'isatap',
  'localhost',
  'www',
  'www2',
  'ns1',
  'mx10',
  'mail3',
  'postmaster',
  'webmaster',
  'acme-challenge',
  'openpgpkey',
  'lyncdiscover',
  'enterpriseregistration',
  'enterpriseenrollment',
  'smtps',
  'ocsp',
  'ip6-localhost',
])('the slug %s is reserved, and no name becomes it', (slug) => {
  expect(() => assertNotReserved(slug)).toThrow('reserved');
  expect(slugFromName(slug)).not.toBe(slug);
  expect(() => assertNotReserved(slugFromName(slug))).not.toThrow();
});

test.each(['acme', 'a-b', 'ns', 'mailbox', 'www-shop', 'nsa', 'a-b--c'].filter((slug) => slug.length >= slugRule.min))('the slug %s is free', (slug) => {
  expect(() => assertNotReserved(slug)).not.toThrow();
});

test('a slug cannot begin with an underscore', () => {
  for (const slug of ['_dmarc', '_acme-challenge', '_domainkey']) expect(slugRule.pattern.test(slug)).toBe(false);
});

test.each([
  ['Äpfel & Co.', 'apfel-co'],
  ['Łódź', 'lodz'],
  ['Ørsted', 'orsted'],
  ['Straße', 'strasse'],
  ['Đorđe', 'dorde'],
  ['Æsir', 'aesir'],
  ['Œuvre', 'oeuvre'],
  ['Þórður', 'thordur'],
  ['Iğdır ışık', 'igdir-isik'],
  ['İstanbul', 'istanbul'],
  ['Ħamrun', 'hamrun'],
  ['ﬁne Ｔｅａ', 'fine-tea'],
  ['Москва', 'moskva'],
  ['Ελλάδα', 'ellada'],
  ['東京都', 'dongjingdou'],
  ["Ada's Café", 'adas-cafe'],
  ['Ada’s Café', 'adas-cafe'],
  ['e\u0301cole', 'ecole'],
])('the slug of %s is %s', (name, slug) => {
  expect(slugFromName(name)).toBe(slug);
});
