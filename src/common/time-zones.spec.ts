import { expect, it } from '@jest/globals';
import { canonicalTimeZone } from './time-zones.js';

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['AMERICA/ARGENTINA/BUENOS_AIRES', 'America/Argentina/Buenos_Aires'],
  ['America/Coyhaique', 'America/Coyhaique'],
  ['asia/calcutta', 'Asia/Calcutta'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['Europe/Kyiv', 'Europe/Kyiv'],
  ['utc', 'UTC'],
  ['etc/gmt-14', 'Etc/GMT-14'],
  ['est5edt', 'EST5EDT'],
  ['gb-eire', 'GB-Eire'],
])('%s is the time zone %s', (text, name) => {
  expect(canonicalTimeZone(text)).toBe(name);
});

it.each([
  'IST',
  'PST',
  'BST',
  'CEST',
  '+05:30',
  'UTC+1',
  'GMT+1',
  'Mars/Olympus',
  'Factory',
  'localtime',
  'posix/Europe/Berlin',
  'Europe',
  'Europe/',
  'Europe/Berlin ',
  'Europe/Berlın',
  'constructor',
  '__proto__',
  '',
])('%j is no time zone', (text) => {
  expect(canonicalTimeZone(text)).toBeUndefined();
});

it('every name that this Node.js lists is a time zone', () => {
  expect(Intl.supportedValuesOf('timeZone').filter((name) => canonicalTimeZone(name) !== name)).toEqual([]);
});
