import { expect, test } from '@jest/globals';
import type { AppConfig } from '../../../config/app-config.js';
import { BounceAddressesService } from './bounce-addresses.service.js';

const id = '01a21db0-0c18-7010-9be0-158f952d999d';
const other = '01a21db0-0c18-7010-9be0-158f952d999e';
const withSecret = (appSecret: string, previousSecrets: readonly string[] = []): BounceAddressesService =>
  new BounceAddressesService({ appSecret, previousSecrets, mailBounceAddress: 'Notifications-1@mail.example.com' } as unknown as AppConfig);
const addressOf = (mailId: string, addresses = withSecret('one')): string => addresses.envelopeOf(mailId, 'ada@example.com').envelope?.from ?? '';

test('each mail has an address of its own, which names it', () => {
  const address = addressOf(id);
  expect(address).toMatch(/^Notifications-1\+[0-9a-f]{48}@mail\.example\.com$/);
  expect(address.indexOf('@')).toBeLessThanOrEqual(64);
  expect(withSecret('one').findMail(`From: x\r\nTo: <${address}>\r\n`)).toBe(id);
  expect(withSecret('one').findMail(`Delivered-To: ${address.toUpperCase()}`)).toBe(id);
  expect(withSecret('one').findMail(`To: x+${'a'.repeat(48)}@example.com, ${addressOf(other)}`)).toBe(other);
});

test('the address of a mail whose secret is an earlier one is known', () => {
  expect(withSecret('two', ['one']).findMail(addressOf(id))).toBe(id);
  expect(withSecret('two').findMail(addressOf(id))).toBeUndefined();
});

test.each([
  ['of another mail with the same signature', addressOf(id).replace('999d', '999e')],
  ['with another signature', addressOf(id).replace(/.@/, (end) => (end === '0@' ? '1@' : '0@'))],
  ['without a signature', `bounces+${id.replaceAll('-', '')}@example.com`],
  ['with the id as it is', `bounces+${id}@example.com`],
  ['without an id', 'bounces@example.com'],
])('an address %s is none', (_, address) => expect(withSecret('one').findMail(`To: ${address}`)).toBeUndefined());

test('without MAIL_BOUNCE_ADDRESS, a mail has the usual envelope', () => {
  const addresses = new BounceAddressesService({ appSecret: 'one', previousSecrets: [], mailBounceAddress: undefined } as unknown as AppConfig);
  expect(addresses.envelopeOf(id, 'ada@example.com')).toEqual({});
  expect(addresses.areUsed).toBe(false);
});
